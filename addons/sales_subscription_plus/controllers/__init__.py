from . import portal
from . import portal_selfservice
from . import portal_payment
from . import portal_bundle
from . import portal_care
from . import portal_proposal
from . import portal_offer
