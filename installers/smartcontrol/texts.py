"""The texts of the phone's app: one JSON catalogue for each language, from the same `.po` file as all others.

The app names a text by its key: `t("job.take")`. Words of the API, such as a status, have the labels of the models.
"""

import json
from collections.abc import Mapping

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import CompanyMembership
from jobs.models import Configuration, InstallationTest, Job
from jobs.models.choices import FailureReason, PhotoKind, VoidReason
from jobs.reading.evidence import LABELS
from jobs.reading.steps import StepName, StepStatus
from telematics.models.command import Status as CommandStatus
from telematics.signal_words import SIGNALS, WORDS
from telematics.verbs import VERBS

Text = str | Promise

GENERAL = {
    "skip": _("Skip to content"),
    "back": _("Back"),
    "next": _("Continue"),
    "save": _("Save"),
    "saved": _("Saved."),
    "cancel": _("Cancel"),
    "choose": _("Choose"),
    "again": _("Try again"),
    "working": _("One moment…"),
    "required": _("required"),
    "yes": _("yes"),
    "no": _("no"),
    "notSet": _("Not set"),
    "failed": _("That did not work. Try again in a moment."),
    "quote": _("If you ask for help, quote this ID: {id}"),
    "storage.full": _(
        "The phone's storage is full. Nothing was saved. Free some space, then try again."
    ),
    "age.seconds": _("{n} s ago"),
    "age.minutes": _("{n} min ago"),
    "age.hours": _("{n} h ago"),
    "age.days": _("{n} d ago"),
    "left.hours": _("{h} h {m} min"),
}

SIGN_IN = {
    "signIn": _("Sign in"),
    "signIn.text": _(
        "Take jobs, test the unit and finish, at the vehicle. Sign in to see your company's jobs."
    ),
    "signedOut.text": _("You are signed out. You see what was last read."),
    "signedOut.waiting.one": _("You are signed out. Sign in to send {n} entry that is waiting."),
    "signedOut.waiting.other": _(
        "You are signed out. Sign in to send {n} entries that are waiting."
    ),
    "missing.company": _(
        "You do not belong to a company. Ask its admin for an invitation to this e-mail address."
    ),
    "agreement.open": _("Sign the agreement"),
    "agreement.signed": _("signed"),
    "agreement.unsigned.you": _("Your company has not signed the agreement. Sign it to see jobs."),
    "agreement.unsigned.admin": _(
        "Your company has not signed the agreement. An admin of your company must sign it."
    ),
    "agreement.new.you": _(
        "There is a new version of the agreement. Sign it: from {at} it is needed to take jobs."
    ),
    "agreement.new.admin": _(
        "There is a new version of the agreement. An admin of your company must sign it: from {at} it is needed to "
        "take jobs."
    ),
    "factor.missing": _("{company} requires two-factor authentication. Set it up to see jobs."),
    "factor.open": _("Set up two-factor authentication"),
    "account.title": _("Account"),
    "account.signedIn": _("Signed in"),
    "account.who": _("Signed in: {name}, {company}"),
    "account.name": _("Name"),
    "account.email": _("E-mail"),
    "account.company": _("Company"),
    "account.noCompany": _("no company"),
    "account.role": _("Role"),
    "account.agreement": _("Agreement"),
    "account.until": _("Signed in until"),
    "account.build": _("Version of the app"),
    "account.profile": _("Profile and sign-in"),
    "account.website": _("Installers website"),
    "account.signOut": _("Sign out"),
    "demo.tour": _("Tour and logins of the demo"),
    "account.signOutTitle": _("Sign out and lose what is waiting?"),
    "account.signOutAnyway": _("Sign out and delete it"),
    "account.signOutWaiting.one": _(
        "{n} entry has not been sent. Signing out deletes it from this phone."
    ),
    "account.signOutWaiting.other": _(
        "{n} entries have not been sent. Signing out deletes them from this phone."
    ),
}

NETWORK = {
    "network.none": _("No network."),
    "network.portal": _(
        "This network asks you to sign in to it first. Open a page in the browser, then come back."
    ),
    "network.needed": _("This needs the network. Try again where there is reception."),
    "network.first": _("The first start needs the network. After that, the app opens without it."),
    "network.readAt": _("You see what was read at {at}."),
    "build.ready": _("A new version is ready."),
    "build.take": _("Update now"),
    "lacks.secure": _(
        "Camera and offline use need a secure connection (https). You can type instead."
    ),
    "lacks.camera": _("This browser has no access to a camera. You can type instead."),
    "lacks.storage": _(
        "This browser keeps nothing, for example in a private window. Without network, entries are lost."
    ),
    "lacks.offline": _("The app could not be stored on this phone. It needs the network to start."),
    "lacks.install": _(
        "Add the app to the home screen. Until then, Safari deletes what it keeps after 7 days without use."
    ),
}

HOME = {
    "home.search": _("Plate, VIN, name, number or unit"),
    "home.client": _("Client"),
    "home.allClients": _("All clients"),
    "home.lists": _("Lists of jobs"),
    "list.available": _("Available Jobs"),
    "list.mine": _("My Jobs"),
    "list.running": _("Running"),
    "list.finished": _("Finished"),
    "empty.available": _(
        "No job is available. Jobs that a client assigns to your company appear here."
    ),
    "empty.mine": _("You have no job. Take one under Available Jobs."),
    "empty.running": _("No colleague is working on a job."),
    "empty.finished": _("No job was finished in the last 30 days."),
    "home.nothingFound": _("No job matches. Check the other lists, or clear the search."),
    "home.today.one": _("Today: {n} job"),
    "home.today.other": _("Today: {n} jobs"),
    "home.todayKept": _("Saved on this phone, also without network."),
    "home.others": _("Other jobs"),
    "home.more": _("Show {n} more"),
    "home.finishedSince": _("Jobs of the last 30 days. Older ones are on the Installers website."),
    "home.readAt": _("As of {at}"),
    "home.reading": _("Reading…"),
    "home.refresh": _("Refresh"),
}

JOB = {
    "job.unnamed": _("Without name"),
    "job.take": _("Assign Job to Me"),
    "job.start": _("Start Installation"),
    "job.continue": _("Continue"),
    "job.update": _("Update Job"),
    "job.withdraw": _("Withdraw Job"),
    "job.withdrawTitle": _("Withdraw {name}?"),
    "job.withdrawText": _(
        "The job becomes available to your colleagues again. Your access to the vehicle ends; unit and values stay."
    ),
    "job.takeOver": _("Take Over"),
    "job.takeOverTitle": _("Take the job from {name}?"),
    "job.takeOverFrom": _("Take over from {name}"),
    "job.takeOverText": _(
        "{name} is working on this job. Their access ends at once, and what they have not sent is refused. "
        "Talk to them first."
    ),
    "job.handback": _("Hand Back Job"),
    "job.heldBy": _("{name} is working on this job."),
    "job.reservedFor": _("Reserved for {name}"),
    "job.reservedForYou": _("Reserved for you"),
    "job.steps": _("Steps"),
    "job.whereabouts": _("Where and what"),
    "job.values": _("Vehicle and setup"),
    "job.date": _("Planned date"),
    "job.place": _("Place"),
    "job.openingHours": _("Opening hours"),
    "job.contactThere": _("Contact there"),
    "job.location": _("Location"),
    "job.contact": _("Contact"),
    "job.instructions": _("Instructions"),
    "job.reference": _("Reference"),
    "job.plannedUnit": _("Planned unit"),
    "job.unit": _("Unit"),
    "job.waiting.one": _("{n} entry for this job is waiting to be sent."),
    "job.waiting.other": _("{n} entries for this job are waiting to be sent."),
    "gone.title": _("Job not found"),
    "gone.text": _(
        "This job is not among those of {company}, for which {name} is signed in. It may have gone back to the fleet."
    ),
    "gone.home": _("All jobs"),
    "handback.text": _("The job goes back to the fleet and disappears from your company's lists."),
    "handback.reason": _("Reason"),
    "handback.done": _("{name} was handed back."),
    "record.title": _("Record"),
    "record.accessOver": _(
        "The job is finished, and access to the vehicle has ended. This is your company's record."
    ),
    "record.by": _("By"),
    "record.taken": _("Taken"),
    "record.finished": _("Finished"),
}

WORK = {
    "work.step": _("Step {n} of {of} · {job}"),
    "work.toJob": _("Open the job"),
    "work.notYours": _("Take the job first. Then you can work on it."),
    "missing.unit": _("Unit"),
    "missing.vehicle_model": _("Vehicle model"),
    "missing.identity": _("VIN, licence plate or custom name"),
    "missing.configuration": _("Configuration"),
    "missing.test": _("Test: {name}"),
    "unit.qnr": _("QNR of the unit"),
    "unit.removed": _("QNR of the unit that is taken out"),
    "unit.help": _("16 signs, printed on the unit below the code."),
    "unit.format": _("A QNR has 16 signs: digits and the letters A to F."),
    "unit.planned": _("Planned for this job:"),
    "unit.available": _("This unit can be installed."),
    "unit.link": _("Link unit"),
    "unit.remove": _("Confirm removal"),
    "unit.linked": _("This unit belongs to the job."),
    "unit.another": _("Use another unit"),
    "scan": _("Scan"),
    "scan.title": _("Scan the code"),
    "scan.text": _("Hold the camera over the code on the unit."),
    "scan.picture": _("Picture of the camera"),
    "scan.torch": _("Light"),
    "scan.type": _("Type instead"),
    "scan.forbidden": _(
        "The camera is not allowed. Allow it in the browser's settings, or type the QNR."
    ),
    "scan.noCamera": _("No camera was found. Type the QNR."),
    "fields.locked": _("Already set"),
    "model.help": _("Search by brand or model."),
    "model.search": _("For example: Golf"),
    "model.none": _("No model matches."),
    "conflict.field": _("{label} was changed by somebody else: from {was} to {now}."),
    "configuration.pending": _("The unit is being configured."),
    "configuration.applied": _("Configured at {at}."),
    "configuration.failed": _("The configuration did not reach the unit."),
    "configuration.blocked": _("The unit is configured once these are known:"),
    "configuration.toUnit": _("Check the unit"),
    "tests.title": _("Tests"),
    "tests.none": _("This job needs no tests."),
    "tests.needNetwork": _("Tests need the network. Values are not updated now."),
    "tests.underWay": _("Tests are running. Keep the phone at the vehicle."),
    "tests.run": _("Run"),
    "tests.repeat": _("Repeat"),
    "tests.runAll.one": _("Run {n} test"),
    "tests.runAll.other": _("Run {n} tests"),
    "tests.repeatFailed.one": _("Repeat {n} test"),
    "tests.repeatFailed.other": _("Repeat {n} tests"),
    "missing.photo": _("Photo: {name}"),
    "photos.take": _("Take photo"),
    "photos.gallery": _("From gallery"),
    "photos.others": _("Other photos"),
    "photos.kind": _("What it shows"),
    "photos.one": _("Photo: {kind}"),
    "photos.kept": _("The photo is saved on this phone."),
    "photos.waiting": _("Waiting to be sent."),
    "photos.refused": _("Refused: show why"),
    "photos.unreadable": _("The file is not a picture that this phone can read."),
    "photos.delete": _("Delete {name}"),
    "photos.deleteTitle": _("Delete “{name}”?"),
    "photos.deleteText": _("The photo is deleted for everybody."),
    "photos.deleteIt": _("Delete"),
    "photos.addLate": _("Add photos"),
    "prompt.left": _("{left} left"),
    "prompt.yes": _("Yes, it is so"),
    "prompt.no": _("No"),
}

VEHICLE = {
    "vehicle.title": _("Vehicle"),
    "vehicle.commands": _("Commands"),
    "vehicle.state": _("State"),
    "vehicle.noState": _("The vehicle has not reported yet."),
    "vehicle.over": _("Your access to this vehicle is over."),
    "vehicle.enabled": _("enabled"),
    "vehicle.disabled": _("disabled"),
    "vehicle.on": _("on"),
    "vehicle.off": _("off"),
    "lease.left": _("Access: {left} left"),
    "lease.over": _("Access is over"),
    "lease.renew": _("Renew"),
}

OUTCOME = {
    "outcome.title": _("Outcome"),
    "outcome.succeeded": _("Succeeded"),
    "outcome.failed": _("Failed"),
    "outcome.missing": _("This is still missing:"),
    "outcome.reason": _("Reason"),
    "outcome.comment": _("Comment"),
    "outcome.before": _("Before you finish"),
    "outcome.gear": _("Take your gear out of the vehicle."),
    "outcome.park": _("Park and lock the vehicle."),
    "outcome.lockNow": _("The lock is {value}."),
    "outcome.doorsNow": _("The doors are {value}."),
    "outcome.unlocked": _("The vehicle is unlocked. If you finish now, this is recorded."),
    "vin.read": _("VIN read by the unit"),
    "vin.differs": _("The unit reads another VIN: {vin}. Check it at the vehicle."),
    "vin.confirmTitle": _("Finish with another VIN?"),
    "vin.confirmText": _(
        "The unit reads {read}, and the job has {known}. If you finish now, this is recorded."
    ),
    "vin.confirm": _("I have checked the VIN"),
    "outcome.after": _("This is final. Your access to the vehicle ends."),
    "outcome.finish": _("Finish Job"),
    "outcome.finishFailed": _("Finish as failed"),
    "outcome.done": _("The job is finished."),
    "outcome.waiting": _("Not finished: access stays open until this is sent."),
}

WAITING = {
    "waiting.title": _("Waiting"),
    "waiting.word": _("waiting"),
    "waiting.count.one": _("{n} waiting"),
    "waiting.count.other": _("{n} waiting"),
    "waiting.show": _("Show what is waiting"),
    "waiting.nothing": _("Everything has been sent."),
    "waiting.saved": _("Saved on this phone. It is sent when there is network."),
    "waiting.take": _("Waiting to be sent. The job is yours once the server confirms it."),
    "waiting.value": _("Waiting to be sent."),
    "waiting.sendNow": _("Send now"),
    "waiting.again": _("Send again"),
    "waiting.discard": _("Discard"),
    "waiting.discardOne": _("Discard this one only"),
    "waiting.discardAll.one": _("Discard {n} entry"),
    "waiting.discardAll.other": _("Discard all {n}"),
    "waiting.discardTitle": _("Discard “{name}”?"),
    "waiting.discardText": _("It is deleted from this phone and never sent."),
    "waiting.dependants.one": _("{n} later entry of this job builds on it."),
    "waiting.dependants.other": _("{n} later entries of this job build on it."),
    "entry.waiting": _("waiting"),
    "entry.sending": _("being sent"),
    "entry.refused": _("refused"),
    "entry.blocked": _("waits for the refused entry before it"),
    "entry.old": _("older than 30 days: decide whether to send it"),
    "action.take": _("Assign Job to Me"),
    "action.withdraw": _("Withdraw Job"),
    "action.handback": _("Hand Back Job"),
    "action.fill_in": _("Vehicle data"),
    "action.outcome": _("Outcome"),
    "action.photo": _("Photo"),
    "action.delete_photo": _("Delete photo"),
    "conflict.tried": _("You wanted"),
    "conflict.now": _("The job is"),
    "conflict.gone": _("no longer among your company's jobs"),
    "conflict.possible": _("What you can do"),
    "possible.gone": _("Discard this entry. Ask the fleet if the work was done."),
    "possible.job": _("Open the job and see who has it. Take it over, or discard this entry."),
    "possible.again": _(
        "Send again if the reason is gone, or correct it in the job and discard this entry."
    ),
    "possible.vin": _(
        "Check the VIN at the vehicle. Confirm it here, or discard this entry and correct the VIN in the job."
    ),
    "queue.wasRefused": _("Refused: {text}"),
    "queue.doneBefore": _("This was done at {at}. The job is no longer among your company's jobs."),
    "report.title": _("Help"),
    "report.text": _(
        "The report has the waiting actions without what you typed, the last calls, the version and the storage."
    ),
    "report.send": _("Send report"),
    "report.copied": _("The report was copied. Paste it into a message to support."),
}

TEXTS: Mapping[str, Text] = (
    GENERAL | SIGN_IN | NETWORK | HOME | JOB | WORK | VEHICLE | OUTCOME | WAITING
)

# Words of the API by what they are words of.
VOCABULARIES: Mapping[str, Mapping[str, Text]] = {
    "kind": dict(Job.Kind.choices),
    "task": dict(Job.Task.choices),
    "status": dict(Job.Status.shown_choices()),
    "reason": dict(FailureReason.choices),
    "role": dict(CompanyMembership.Role.choices),
    "step": dict(StepName.choices),
    "stepStatus": dict(StepStatus.choices),
    "configuration": dict(Configuration.Status.choices),
    "test": dict(InstallationTest.Kind.choices),
    "photo": dict(PhotoKind.choices),
    "testStatus": {"NOT_RUN": _("Not run"), **dict(InstallationTest.Status.choices)},
    "void": dict(VoidReason.choices),
    "signal": SIGNALS,
    "measured": LABELS,
    "value": WORDS,
    "command": VERBS,
    "commandStatus": dict(CommandStatus.choices),
}


def catalogue(language: str) -> dict[str, str]:
    """Every text by its key, in one language."""
    with translation.override(language):
        texts = {key: str(text) for key, text in TEXTS.items()}
        for kind, words in VOCABULARIES.items():
            texts |= {f"{kind}.{word}": str(text) for word, text in words.items()}
        texts["reasons.order"] = json.dumps(FailureReason.values)
        return texts
