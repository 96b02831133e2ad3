from core.moves import NotAllowed


def authorise(by, of, *roles) -> None:
    """`by` may act for the company or fleet `of`: a member in one of `roles`, whose membership stays locked, or an operator.

    None is the system itself.
    """
    if by is None or (by.is_person and by.is_operator):
        return
    if not by.is_person:
        raise NotAllowed
    by.lock_membership(of=of, roles=roles)
