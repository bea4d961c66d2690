from . import seam
from . import order
