"""Whether a mail that was not accepted may be accepted later."""

import smtplib

# Of a server that accepts no mail of ours at all, for any recipient: an operator can change that.
OURS = (smtplib.SMTPAuthenticationError, smtplib.SMTPSenderRefused, smtplib.SMTPConnectError)
# 5yz: "The command failed, do not repeat it in the same form" (RFC 5321, 4.2.1).
PERMANENT = range(500, 600)
# The server asks for sign-in or encryption, or does not know the command: a wrong setting.
SETTINGS = {500, 502, 503, 504, 530, 534, 535, 538}


def is_permanent(error: Exception) -> bool:
    """The mail server has refused this mail or its recipient for good."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        codes = [code for code, _text in error.recipients.values()]
    elif isinstance(error, smtplib.SMTPResponseException) and not isinstance(error, OURS):
        codes = [error.smtp_code]
    else:
        return False
    return bool(codes) and all(code in PERMANENT and code not in SETTINGS for code in codes)
