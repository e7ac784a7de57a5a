from django.apps import AppConfig


class CounterpartsConfig(AppConfig):
    name = "counterparts"
