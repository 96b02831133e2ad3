from django import template

from accounts import second_factor

register = template.Library()


@register.simple_tag(takes_context=True)
def wanted_page(context: template.Context) -> str:
    """The URL of the page that led to the setup of two-factor authentication, once that is done."""
    return second_factor.wanted_page(context["request"])
