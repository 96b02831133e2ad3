from telematics.admin import access, fleet, simulator

__all__ = ["access", "fleet", "simulator"]
