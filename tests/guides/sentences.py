"""What the guides of the original system promise, in our words.

Each sentence has a test in this folder, named by its number, or the reason why there is none yet.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    WORKS = "works"
    PARTLY = "partly"
    DIFFERS = "differs on purpose"
    MISSING = "not built yet"


@dataclass(frozen=True)
class Sentence:
    """A promise. Unless it simply works, the note says what is left, what is otherwise, or what is missing."""

    number: int
    text: str
    state: State = State.WORKS
    note: str = ""


def works(number: int, text: str, note: str = "") -> Sentence:
    return Sentence(number, text, State.WORKS, note)


def partly(number: int, text: str, note: str) -> Sentence:
    return Sentence(number, text, State.PARTLY, note)


def differs(number: int, text: str, note: str) -> Sentence:
    return Sentence(number, text, State.DIFFERS, note)


def missing(number: int, text: str, note: str) -> Sentence:
    return Sentence(number, text, State.MISSING, note)


PARTS: dict[str, list[Sentence]] = {
    "Installer Jobs, overview": [
        works(
            1,
            "Simplifies installation; installers use the correct, desired configuration per vehicle",
        ),
        works(
            2,
            "Work with external companies; access only temporary, only to the vehicles of the job",
        ),
        works(3, "Installer company may be a group, one person, or the provider's own department"),
        works(4, "AppDrive invites QuickInstall via FleetControl"),
        works(5, "QuickInstall sets up its company"),
        works(6, "Manager creates and assigns 100 jobs"),
        works(7, "Manager provides the CloudBoxxes to the installer"),
        works(8, "The installer then performs the installation"),
        works(9, "Manager monitors the progress in FleetControl"),
        works(10, "Afterwards the installer loses access; vehicles ready in the fleet"),
        works(11, "No sharing of credentials"),
        works(12, "Internal team: invite its head as company admin"),
        works(13, "Provide job specifications and details to the installer"),
        works(14, "Reduce communication needs with the provider"),
        works(15, "Dedicated website to manage company and clients"),
        works(16, "Give each installer personal access to the SmartControl app"),
        works(17, "Give feedback on jobs"),
        works(18, "Manage Companies ▸ Invite Company ▸ e-mail ▸ confirm (older labels)"),
        works(19, "Invitation is sent; link PENDING, ACCEPTED once accepted; only then assignable"),
        works(20, "Several companies possible"),
        works(21, "New Job opens a dialog for all details", "The dialog is a page of its own."),
        works(22, "Vehicle model from a dropdown"),
        works(23, "Central lock connection type SKM, if the model supports it"),
        works(24, "Master data for the new vehicle"),
        works(25, "Installer must follow what is preset"),
        works(26, "What is not preset the installer decides"),
        works(27, "Save without a company; edit or delete later"),
        works(28, "Work only after assignment"),
        works(29, "Once assigned the job cannot be edited"),
        works(30, "In case of error contact the company"),
        works(31, "See all jobs linked to the fleet"),
        works(32, "Select a job to see its details"),
        works(33, "Five statuses with their meaning"),
        works(34, "RUNNING once an installer has started"),
        works(35, "FAILED needs a comment"),
        works(36, "From the details to the vehicle's Inspect page"),
        works(37, "Customize the table by the gear icon"),
        works(38, "Filter by status and company using Filter"),
        works(39, "Complete Registration link in the mail, then account and company"),
        works(
            40,
            "Later invitations to the company's or any installer's address appear as pending client",
        ),
        works(41, "Accept or decline"),
        works(42, "Gear icon: company name, e-mail; own first and last name"),
        works(43, "Providers invite by this e-mail"),
        works(44, "Trash can deletes the company: all accounts, all collaborations"),
        works(45, "Users page: manage, invite with role, by e-mail"),
        works(46, "Role Installer: only works on jobs in SmartControl"),
        works(47, "Role Company Admin: everything, also deleting"),
        works(48, "Clients: Pending / Accepted"),
        works(49, "Delete the link to stop working with a client"),
        works(50, "Use the SmartControl mobile app: download, log in with the same credentials"),
        works(51, "Home screen: categorized view of all jobs of the company"),
        works(52, "Search a job; view jobs of one provider"),
        works(53, "Available Jobs, select one for details"),
        works(54, "Assign Job to Me → RUNNING, gone from Available"),
        works(55, "Assign several to yourself"),
        works(56, "Any installer withdraws and takes over"),
        works(57, "Start Installation: SmartControl guides through steps by job type"),
        works(58, "Some jobs need tests with the vehicle; completion only after them"),
        works(59, "Update Job: SUCCEEDED or FAILED"),
        works(60, "Comment on failure is reviewed by the provider, who acts"),
        works(61, "After completion you lose access"),
        works(62, "Remove your gear, park and lock"),
    ],
    "Mobility provider (older)": [
        works(63, "Assign setup and configuration tasks"),
        works(64, "Temporary access only as long as needed"),
        works(65, "Monitor, specify configuration, avoid sharing credentials"),
        works(66, "Separate invitation per fleet; only one per company and fleet"),
        works(67, "PENDING until registration is completed, then ACCEPTED"),
        works(68, "Jobs install or reconfigure CloudBoxxes"),
        works(69, "No company → PENDING, edit or delete at any time"),
        works(70, "Sections Setup and Master Data"),
        works(71, "All fields optional; a value locks, blank is open"),
        works(72, "With a company a prompt: Save & Assign"),
        works(73, "Cannot edit or cancel after assigning"),
        works(74, "Status indicators, FAILED with the explanation"),
        works(75, "Show FAILED only"),
        works(76, "Dot menu: edit, duplicate, delete"),
        works(77, "Access ends automatically, no further step"),
    ],
    "Creating installer jobs": [
        works(78, "Administrative access needed to create jobs"),
        works(79, "Create New Job or Use Template"),
        works(80, "VIN, plate, planned date, preset, notes become read-only"),
        works(81, "Optional CloudBoxx configuration preset"),
        works(82, "Save: Pending, editable; Save & Assign: locked"),
        works(83, "Mistake: end FAILED and create a new one"),
        works(84, "Save as Template with a name while saving"),
        works(85, "Choose the template later"),
        works(86, "Status filter PENDING … FAILED"),
        works(87, "Access ends by itself when SUCCEEDED or FAILED"),
        works(88, "Duplicate or delete drafts via …"),
        works(89, "Templates edited or removed any time; existing jobs unchanged"),
        works(90, "An installer on several fleets: one invitation each"),
        works(91, "Why locked; ask the installer to fail it"),
        works(92, "Installer cannot see the job: check ASSIGNED and his account"),
    ],
    "Mobility provider guide (newest)": [
        works(93, "Installation and maintenance through partners or own team"),
        works(94, "Fleet ▸ Installation & Maintenance ▸ Installation Jobs ▸ Partner & Teams"),
        works(95, "Partner Settings: Allow partner to override"),
        works(96, "Partner & Teams opens the dialog Available Service Partners"),
        works(97, "Status tags PENDING, ACCEPTED, DECLINED"),
        works(98, "DECLINED: remove, then invite again"),
        works(99, "Partner ID shown and copied"),
        works(100, "Override Enabled tag"),
        works(101, "Override on: partner may change presets"),
        works(102, "Override off: exact configuration"),
        works(103, "CSV column assigned_installer_company_id assigns at once"),
        works(104, "Templates hold master data, setup, features"),
        works(105, "New Template from the Templates tab"),
        works(106, "Templates work with single, multiple, CSV"),
        works(107, "Create Multiple Jobs: template, company, number"),
        works(108, "Edit single ones afterwards"),
        works(109, "Any quantity, single to thousands"),
        works(110, "Upload CSV, review the preview"),
        works(111, "Optional template and partner; partner disabled if the file names them"),
        works(112, "CSV guide: format, fields, rules, ready-to-use files"),
        works(113, "Maintenance Jobs tab: New Job, Save / Save & Assign"),
        works(114, "Inspections, preventive care, repairs with temporary access"),
        works(115, "Inspect ▸ More ▸ Create Maintenance Job, vehicle filled in"),
        works(116, "Gear, filter, dot menu; bulk edit, delete next to New Job"),
        works(117, "Job statuses; FAILED includes the explanation"),
        differs(
            118,
            "No automatic notifications; look at the table",
            "Managers are notified in the bell and by mail; the table shows the same.",
        ),
        works(119, "Access ends automatically"),
    ],
    "OneAPI integration guide": [
        differs(
            120,
            "Only CloudConnect is in OneAPI yet, CloudBoxx has its own API",
            "OneAPI serves the vehicles with a CloudBoxx. CloudConnect is not modelled.",
        ),
        works(121, "OneAPI: several APIs, one per task; API Reference"),
        works(122, "Vehicle Commands API: an endpoint per command"),
        works(123, "Vehicle Management API: view and manage vehicles"),
        works(124, "One set of credentials for all REST APIs"),
        works(125, "Messaging API on AMQP with its own authentication"),
        works(126, "Client credentials from Support"),
        works(127, "A separate client per application"),
        works(128, "Restrict a client, e.g. no commands"),
        works(129, "Access Management (OAuth, 15 min, Basic)"),
        works(130, "Add vehicles by the Vehicle Lifecycle API, required and optional properties"),
        works(131, "… soon within FleetControl directly"),
        works(132, "Send commands by vehicle_id, e.g. unlock-central-lock"),
        works(133, "Information stored by the API is visible in FleetControl"),
        works(134, "List all vehicles, paged, search, filters"),
        works(135, "Alter master data, custom fields, operation status"),
        works(136, "Retrieve master data, custom fields, status, latest state, capabilities, unit"),
        works(137, "Bulk custom fields of many vehicles"),
        works(138, "Almost no property is mandatory"),
        works(139, "FleetControl and you use the same API, so data are the same"),
        works(140, "Update vehicles from your own system each time"),
        works(141, "VehicleChanged when staff change data in FleetControl"),
        works(142, "Begin a vehicle in FleetControl, assign a unit, get the message"),
        works(143, "Several applications in sync by messages"),
        works(144, "Field service flags a vehicle broken, booking learns of it"),
        works(145, "VehicleStateReceived with every new state"),
        works(146, "State has the same format everywhere, by capabilities"),
        works(147, "Do not poll latest-vehicle-state; use messages"),
    ],
}
