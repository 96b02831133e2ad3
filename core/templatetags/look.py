"""The few tags that every page draws with."""

from django import template
from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core import context as current_request
from core.ulid import new_ulid
from core.web import cells, once
from core.web import theme as themes
from core.web.live import LIVE

register = template.Library()

register.simple_tag(cells.icon, name="icon")
register.simple_tag(cells.status_tag, name="status")
register.simple_tag(cells.copy_button, name="copy")
register.filter("day", cells.day)
register.filter("moment", cells.moment)


@register.simple_block_tag(takes_context=True)
def component(context: template.Context, content: str, name: str, **values: object) -> str:
    """Wrap what stands between the tags in templates/components/<name>.html, where it is `content`."""
    template = context.template.engine.get_template(f"components/{name}.html")
    with context.push(**values, content=content):
        return template.render(context)


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> SafeString | str:
    """The reader's choice of theme as an attribute; without one the page follows the system."""
    choice = themes.chosen(context["request"]) if "request" in context else "auto"
    return format_html(' data-bs-theme="{}"', choice) if choice != "auto" else ""


@register.simple_tag(takes_context=True)
def theme_choices(context: template.Context) -> list[tuple[str, str, bool]]:
    """What the switch offers: value, label, whether it is the choice now."""
    choice = themes.chosen(context["request"])
    offered = ("light", _("Light")), ("dark", _("Dark")), ("auto", _("As the device"))
    return [(value, label, value == choice) for value, label in offered]


@register.simple_tag(takes_context=True)
def current(context: template.Context, url: str, *, exact: bool = False) -> SafeString | str:
    """Mark a link of the navigation that leads to where the reader is."""
    path = context["request"].path if "request" in context else ""
    here = url and (path == url or (not exact and path.startswith(url)))
    return SafeString(' aria-current="page"' if here else "")


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """This page's query string with some parameters changed; None takes one out."""
    parameters = context["request"].GET.copy()
    for name in LIVE:
        parameters.pop(name, None)
    for name, value in changes.items():
        if value is None:
            parameters.pop(name, None)
        else:
            parameters[name] = str(value)
    return f"?{parameters.urlencode()}" if parameters else "?"


@register.simple_tag(takes_context=True)
def shown_as(context: template.Context) -> SafeString:
    """By this a form is known again when it is sent twice; one that comes back with errors is still the same."""
    told = context["request"].POST.get(once.SHOWN_AS, "")
    known = told if once.SHAPE.fullmatch(told) else new_ulid()
    return format_html('<input type="hidden" name="{}" value="{}">', once.SHOWN_AS, known)


@register.simple_tag
def flow_id() -> str:
    """What a reader quotes when something went wrong; the logs know it too."""
    return current_request.request_id()


@register.simple_tag
def base_url() -> str:
    """The address of this installation, for links in mails."""
    return settings.BASE_URL
