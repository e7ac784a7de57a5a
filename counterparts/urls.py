from django.urls import URLPattern, URLResolver

app_name = "counterparts"
urlpatterns: list[URLPattern | URLResolver] = []
