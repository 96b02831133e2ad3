"""Reading a page as a browser would: its elements, its text, its forms."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin

EMPTY = {"input", "br", "hr", "img", "meta", "link", "source", "col", "wbr"}
Pairs = list[tuple[str, str]]


@dataclass
class Element:
    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list["Element | str"] = field(default_factory=list)

    def all(self, tag: str = "", css: str = "", **attrs: str) -> Iterator["Element"]:
        """Every element below with this tag, class and these attributes, in the order of the page."""
        for child in self.children:
            if isinstance(child, Element):
                if child.fits(tag, css, attrs):
                    yield child
                yield from child.all(tag, css, **attrs)

    def fits(self, tag: str, css: str, attrs: dict[str, str]) -> bool:
        right_class = not css or css in self.attrs.get("class", "").split()
        return (
            tag in ("", self.tag)
            and right_class
            and all(self.attrs.get(name) == attrs[name] for name in attrs)
        )

    @property
    def text(self) -> str:
        parts = (child if isinstance(child, str) else child.text for child in self.children)
        return " ".join(" ".join(parts).split())


class Form:
    def __init__(self, element: Element, url: str):
        self.css = element.attrs.get("class", "").split()
        self.method = element.attrs.get("method", "get").lower()
        self.action = urljoin(url, element.attrs.get("action", "") or url)
        self.controls = [
            control for control in element.all() if control.tag in ("input", "select", "textarea")
        ]

    @property
    def names(self) -> set[str]:
        return {control.attrs.get("name", "") for control in self.controls}

    def options(self, name: str) -> dict[str, str]:
        """What can be chosen at `name`: value → text, the empty choice left out."""
        chosen = next(control for control in self.controls if control.attrs.get("name") == name)
        return {
            option.attrs.get("value", option.text): option.text
            for option in chosen.all("option")
            if option.attrs.get("value")
        }

    def filled(self, changes: dict[str, object]) -> Pairs:
        """What a browser sends when `changes` were typed into the form; None leaves a control out."""
        kept = [(name, value) for name, value in self._as_it_is() if name not in changes]
        typed = [
            (name, value if isinstance(value, list) else [value])
            for name, value in changes.items()
            if value is not None
        ]
        return kept + [(name, str(value)) for name, values in typed for value in values]

    def _as_it_is(self) -> Iterator[tuple[str, str]]:
        for control in self.controls:
            name = control.attrs.get("name")
            attrs = control.attrs
            if not name or "disabled" in attrs:
                continue
            if control.tag == "textarea":
                yield (
                    name,
                    "".join(
                        child for child in control.children if isinstance(child, str)
                    ).removeprefix("\n"),
                )
            elif control.tag == "select":
                yield from ((name, value) for value in self._selected(control))
            elif attrs.get("type") in ("checkbox", "radio"):
                if "checked" in attrs:
                    yield name, attrs.get("value", "on")
            elif attrs.get("type") not in ("submit", "button", "file", "image"):
                yield name, attrs.get("value", "")

    @staticmethod
    def _selected(control: Element) -> list[str]:
        options = list(control.all("option"))
        chosen = [option for option in options if "selected" in option.attrs]
        if not chosen and "multiple" not in control.attrs:
            chosen = options[:1]
        return [option.attrs.get("value", option.text) for option in chosen]


class Page(HTMLParser):
    """A page that was read, with its URL."""

    def __init__(self, html: str, url: str):
        super().__init__()
        self.url, self.root = url, Element("page")
        self._open = [self.root]
        self.feed(html)

    @property
    def forms(self) -> list[Form]:
        return [Form(element, self.url) for element in self.root.all("form")]

    def form(self, *names: str) -> Form | None:
        """The form that has all these fields."""
        return next((form for form in self.forms if form.names.issuperset(names)), None)

    @property
    def question(self) -> Form | None:
        """The form that confirms an action."""
        return next((form for form in self.forms if "confirm" in form.css), None)

    def link(self, text: str) -> str | None:
        """Where the first link with this text leads."""
        links = (link for link in self.root.all("a") if link.text == text and "href" in link.attrs)
        return next((urljoin(self.url, link.attrs["href"]) for link in links), None)

    @property
    def complaints(self) -> str:
        """The errors on the page."""
        complaints = [
            *self.root.all(css="error-summary"),
            *self.root.all(css="errornote"),
            *self.root.all(css="errorlist"),
        ]
        return " ".join(element.text for element in complaints)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "option" and self._open[-1].tag == "option":
            self._open.pop()
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in EMPTY:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        place = next(
            (n for n in range(len(self._open) - 1, 0, -1) if self._open[n].tag == tag), None
        )
        if place is not None:
            del self._open[place:]

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)
