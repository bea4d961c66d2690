from . import test_competitor_price
from . import test_group_lines
from . import test_recommendation
from . import test_spreadsheet
from . import test_spreadsheet_mail
from . import test_template_choice
from . import test_template_promotion
from . import test_translation
