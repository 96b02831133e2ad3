from telematics.admin import access, desk, fleet, vehicle_models, vehicles

__all__ = ["access", "desk", "fleet", "vehicle_models", "vehicles"]
