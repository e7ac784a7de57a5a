from counterparts.forms.register import CounterpartForm, Place, countries, destinations, find

__all__ = ["CounterpartForm", "Place", "countries", "destinations", "find"]
