from telematics.admin import access, fleet, vehicle_models, vehicles

__all__ = ["access", "fleet", "vehicle_models", "vehicles"]
