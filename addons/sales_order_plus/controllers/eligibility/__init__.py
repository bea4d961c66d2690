from . import eligibility_portal
