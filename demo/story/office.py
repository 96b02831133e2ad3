"""The partner: registers the company from the mail, accepts the client, brings in the installers."""

from demo.story.browser import Browser
from demo.story.line import Broke
from demo.story.mailbox import Mailbox
from demo.story.plot import Plot


class Office:
    def __init__(self, plot: Plot, mails: Mailbox):
        self.plot, self.mails, self.browser = plot, mails, Browser(plot.site)

    def register(self) -> None:
        """Password, company, person, agreement, client: each page leads to the next one."""
        browser = self.browser
        plot = self.plot
        page = browser.open(self.mails.invitation(plot.partner))
        page = browser.submit(page, password=plot.secret)
        page = browser.submit(page, name=plot.company_name, email=plot.partner)
        page = browser.submit(page, first_name="Petra", last_name="Sommer")
        page = browser.submit(page, accepted="on")
        accept = page.link("Accept")
        if accept is None:
            raise Broke(f"the wizard's last step offers no client to accept: {page.url}")
        browser.confirm(browser.open(accept))
        if plot.fleet_name not in browser.open("/installers/clients/").root.text:
            raise Broke("the accepted client does not stand under Clients")

    def invite_crew(self) -> None:
        for email in self.plot.crew:
            page = self.browser.open("/installers/users/invite/")
            self.browser.submit(page, "email", "role", email=email, role="INSTALLER")

    def let_crew_join(self) -> None:
        """Each installer opens his own mail in his own browser."""
        for number, email in enumerate(self.plot.crew, 1):
            browser = Browser(self.plot.site)
            page = browser.open(self.mails.invitation(email))
            browser.submit(
                page,
                first_name="Installer",
                last_name=f"Number {number}",
                password=self.plot.secret,
            )
