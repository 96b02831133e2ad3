from telematics.admin import access, desk, fleet, places, vehicle_models, vehicles

__all__ = ["access", "desk", "fleet", "places", "vehicle_models", "vehicles"]
