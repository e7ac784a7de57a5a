from counterparts.serializers.register import CounterpartNameSerializer, choosable

__all__ = ["CounterpartNameSerializer", "choosable"]
