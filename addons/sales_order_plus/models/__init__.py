from . import seam
from . import order
from . import intake
