"""The few tags that every page draws with."""

from typing import Any

from django import template
from django.conf import settings
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from core import context as current_request
from core.ulid import new_ulid
from core.values.shown import day, moment, percent, span
from core.web import once
from core.web import theme as themes
from core.web.lists import cells
from core.web.lists.live import LIVE
from core.web.script_texts import script_texts

register = template.Library()

register.simple_tag(cells.icon, name="icon")
register.simple_tag(cells.status_tag, name="status")
register.simple_tag(cells.copy_button, name="copy")
register.simple_tag(script_texts)
register.filter("day", day)
register.filter("moment", moment)
register.filter("age", cells.age_tag)
register.filter("span", span)
register.filter("percent", percent)


@register.filter
def isolated(value: object) -> SafeString:
    """Texts of others, isolated so that none reorders the text around it. A list is joined by commas."""
    names = value if isinstance(value, list) else [value]
    return format_html_join(", ", "{}", ((cells.isolated(name),) for name in names))


@register.simple_block_tag(takes_context=True)
def component(context: template.Context, content: str, name: str, **values: object) -> str:
    """Wrap the content between the tags in templates/components/<name>.html, where it is `content`."""
    rendered: Any = context.template
    template = rendered.engine.get_template(f"components/{name}.html")
    with context.push(**values, content=content):
        return template.render(context)


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> SafeString | str:
    """The reader's choice of theme as an attribute; without one the page follows the system."""
    choice = themes.chosen(context["request"]) if "request" in context else "auto"
    if choice != "auto":
        return format_html(' data-bs-theme="{}"', choice)
    return ""


@register.simple_tag(takes_context=True)
def theme_class(context: template.Context) -> str:
    """The same as a class, for a page whose root takes no attribute."""
    choice = themes.chosen(context["request"]) if "request" in context else "auto"
    return f"theme-{choice}"


@register.simple_tag(takes_context=True)
def theme_choices(context: template.Context) -> list[tuple[str, Any, bool]]:
    """The options of the switch: value, label, whether it is the current choice."""
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
    if parameters:
        return f"?{parameters.urlencode()}"
    return "?"


@register.simple_tag(takes_context=True)
def shown_as(context: template.Context) -> SafeString:
    """A hidden id by which a form is recognised when it is sent twice. With errors it keeps its id."""
    posted = context["request"].POST.get(once.SHOWN_AS, "")
    shown_as = posted if once.SHAPE.fullmatch(posted) else new_ulid()
    return format_html('<input type="hidden" name="{}" value="{}">', once.SHOWN_AS, shown_as)


@register.simple_tag
def flow_id() -> str:
    """The id to quote when something went wrong; it is in the logs too."""
    return current_request.request_id()


@register.simple_tag
def demo_mode() -> bool:
    """Whether this is a demo, whose first page and mails are a click away."""
    return settings.DEMO


@register.simple_tag
def base_url() -> str:
    """The URL of this server, for links in mails."""
    return settings.BASE_URL
