from . import analysis
from . import order
from . import line
from . import shipping
from . import payment
from . import quotation
from . import template
from . import proforma
