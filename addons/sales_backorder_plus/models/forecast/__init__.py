from . import sales_demand_history
from . import sales_demand_season
from . import sales_demand_forecast
from . import sales_demand_forecast_line
from . import sales_demand_forecast_run
from . import sales_demand_forecast_proposal
from . import sales_backorder_season
from . import res_company
