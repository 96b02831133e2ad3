"""The guides' example, played over HTTP alone: browsers and phones of a mobility provider and of its new partner.

Nothing here touches the database: what the story knows it has read from pages, mails and the API.
"""
