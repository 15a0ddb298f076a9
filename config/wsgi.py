import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import get_resolver

from registry.checks import refuse_to_serve

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()
refuse_to_serve()

# Everything imported lives as long as the process; walking over it again and again in search of garbage
# would cost a quarter of a second every few large answers.
_ = get_resolver().url_patterns
gc.collect()
gc.freeze()
# One answer makes tens of thousands of objects, and hardly any garbage that has to be searched for.
gc.set_threshold(10_000, 20, 20)
