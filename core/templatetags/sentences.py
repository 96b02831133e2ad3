"""Django's `i18n`, whose `blocktranslate` keeps names from reordering their sentence. The settings swap it in."""

from typing import Any

from django import template
from django.template.base import FilterExpression, Parser, Token, TokenType
from django.templatetags import i18n
from django.utils.safestring import SafeString

from core.values.bidi import isolated, runs_to_the_left

register = template.Library()
register.tags.update(i18n.register.tags)
register.filters.update(i18n.register.filters)


class Isolated:
    """An expression in a sentence. What is HTML already, and what is no text, stays as it is."""

    def __init__(self, expression: FilterExpression):
        self.expression = expression

    def resolve(self, context: template.Context) -> Any:
        value = self.expression.resolve(context)
        if isinstance(value, SafeString) or not runs_to_the_left(str(value)):
            return value
        return isolated(str(value))


@register.tag("blocktrans")
@register.tag("blocktranslate")
def blocktranslate(parser: Parser, token: Token) -> i18n.BlockTranslateNode:
    node = i18n.do_block_translate(parser, token)
    names: dict[str, Any] = node.extra_context
    for part in [*node.singular, *(node.plural or [])]:
        name = part.contents
        if part.token_type == TokenType.VAR and name != node.countervar:
            names.setdefault(name, parser.compile_filter(name))
    for name, expression in names.items():
        names[name] = Isolated(expression)
    return node
