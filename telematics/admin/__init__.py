from telematics.admin import access, fleet, vehicle_models

__all__ = ["access", "fleet", "vehicle_models"]
