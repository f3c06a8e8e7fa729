# Home Assistant puts probatio in the place of voluptuous when it runs.
from probatio import *
