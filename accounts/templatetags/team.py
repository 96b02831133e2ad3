from django import template

register = template.Library()


@register.simple_tag(takes_context=True)
def team_url(context: template.Context, page: str, *args: object) -> str:
    """The URL of one of the team pages (accounts/web/team.py) on the site that shows this one."""
    return context["view"].team_url(page, *args)
