"""Files of imports that name an erased person are deleted before their time. The jobs stay."""

import zipfile
from io import BytesIO

from core.erasing import Words, erases
from jobs.models import ImportedFile

ENCODINGS = ("utf-8", "utf-16", "cp1252", "cp1250", "mac_roman")


@erases
def imported_files(words: Words) -> None:
    for pk in ImportedFile.objects.values_list("pk", flat=True).iterator():
        kept = ImportedFile.objects.filter(pk=pk).select_related("job_import").first()
        if kept is None or not _names(words, kept):
            continue
        if kept.job_import.is_draft:
            kept.job_import.delete()
        else:
            kept.delete()


def _names(words: Words, kept: ImportedFile) -> bool:
    texts = [repr(getattr(kept, column.attname)) for column in kept._meta.concrete_fields[2:]]
    return any(words.are_in(text) for text in [*texts, *_texts_of(bytes(kept.content))])


def _texts_of(content: bytes) -> list[str]:
    """The content as each encoding reads it; of a spreadsheet, the parts of its archive."""
    if zipfile.is_zipfile(BytesIO(content)):
        with zipfile.ZipFile(BytesIO(content)) as archive:
            return [archive.read(name).decode(errors="replace") for name in archive.namelist()]
    return [content.decode(encoding, errors="replace") for encoding in ENCODINGS]
