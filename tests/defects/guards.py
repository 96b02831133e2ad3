"""The guards that `bin/defects` takes away, each with the test that has to fall.

A guard is a piece of source that occurs exactly once in its file. `without` is what stands there once it is gone. The
program still runs then: it lets somebody do what they may not.
"""

from typing import NamedTuple


class Guard(NamedTuple):
    kind: str
    name: str
    file: str
    text: str
    without: str
    test: str  # a test by its id, or a whole file

    @property
    def room(self) -> str:
        return self.file.partition("/")[0]

    def taken_from(self, source: str) -> str:
        """Return the source of its file without it. Raises Moved."""
        if (found := source.count(self.text)) != 1:
            raise Moved(f"The guard has moved: “{self.name}” is {found} times in {self.file}.")
        return source.replace(self.text, self.without)


class Moved(Exception):
    """The source was changed at a guard, and the table was not."""


TOO_MUCH = "tests/fleetcontrol/test_import_hostile.py::test_whatever_exceeds_a_bound_is_refused_by_its_name"
GUARDS = [
    # --- rows of others -----------------------------------------------------------------------------------------------
    Guard(
        "scope",
        "shared saved views of other fleets",
        "fleetcontrol/views/saved_views.py",
        "readable, fleet=self.fleet, table=self.table_name",
        "readable, table=self.table_name",
        "tests/test_removed_guards.py::test_a_shared_view_of_another_fleet_is_in_no_menu",
    ),
    Guard(
        "scope",
        "a bulk run of another fleet",
        "fleetcontrol/views/bulk_runs.py",
        'BulkRun.objects.filter(fleet=self.fleet, pk=self.kwargs["run_id"])',
        'BulkRun.objects.filter(pk=self.kwargs["run_id"])',
        "tests/test_removed_guards.py::test_a_bulk_run_of_another_fleet_is_not_found_in_this_one",
    ),
    Guard(
        "scope",
        "the unit type-ahead across fleets",
        "fleetcontrol/views/job_lookups.py",
        "Unit.objects.free().filter(fleet=self.fleet)",
        "Unit.objects.free()",
        "tests/test_removed_guards.py::test_the_suggestions_for_a_unit_have_none_of_another_fleet",
    ),
    Guard(
        "scope",
        "the pages of a fleet without a membership",
        "fleetcontrol/mixins.py",
        'memberships__user=GivenPerson.pk, pk=Given("fleet", Fleet._meta.pk)',
        'pk=Given("fleet", Fleet._meta.pk)',
        "tests/fleetcontrol/test_job_list.py::test_for_everybody_else_the_fleet_does_not_exist",
    ),
    Guard(
        "scope",
        "the fleets of a person",
        "accounts/models/fleet.py",
        'return self.working().filter(pk__in=memberships.values("fleet"))',
        "return self.working()",
        "tests/jobs/test_desk.py::test_jobs_are_seen_by_the_fleet_and_from_assignment_on_by_the_partner",
    ),
    Guard(
        "scope",
        "the one fleet of an API client",
        "accounts/models/fleet.py",
        "return self.working().filter(pk=principal.fleet_id)",
        "return self.working()",
        "tests/accounts/test_api_client.py::test_a_client_sees_its_own_fleet_alone",
    ),
    Guard(
        "scope",
        "a job of another company",
        "jobs/models/job_queryset.py",
        "return self._of_partner().filter(as_one_value(at_work), pk=pk)",
        "return self._of_partner().filter(pk=pk)",
        "tests/installers/api/test_refusals.py::TestWhoSeesAJob::test_no_other_company",
    ),
    Guard(
        "scope",
        "a vehicle of another fleet",
        "fleetcontrol/views/vehicles.py",
        "vehicles = Vehicle.objects.filter(fleet=self.fleet).select_related(",
        "vehicles = Vehicle.objects.select_related(",
        "tests/fleetcontrol/test_vehicles.py::test_a_vehicle_of_another_fleet_is_not_found",
    ),
    Guard(
        "scope",
        "a template of another fleet",
        "fleetcontrol/views/saved_settings.py",
        "return self.model.objects.filter(fleet=self.fleet)",
        "return self.model.objects.all()",
        "tests/fleetcontrol/test_templates.py::test_what_another_fleet_has_saved_is_not_found",
    ),
    Guard(
        "scope",
        "a unit of another fleet",
        "telematics/models/unit.py",
        "self.in_stock().filter(pk=qnr, fleet=fleet)",
        "self.in_stock().filter(pk=qnr)",
        "tests/telematics/test_vehicle.py::test_a_unit_that_is_not_in_stock_of_the_fleet_always_looks_alike",
    ),
    Guard(
        "scope",
        "the notifications of others",
        "jobs/notifications/notification.py",
        "return self.filter(user=user.pk, bell=True)",
        "return self.filter(bell=True)",
        "tests/jobs/test_notifications.py::test_the_notifications_of_others_are_not_found",
    ),
    Guard(
        "scope",
        "the commands of other fleets",
        "telematics/models/command.py",
        "return self.filter(vehicle__fleet__in=Fleet.objects.visible_to(principal))",
        "return self.filter(vehicle__fleet__in=Fleet.objects.all())",
        "tests/fleetcontrol/test_commands_api.py::test_the_vehicles_and_commands_of_other_fleets_are_not_found",
    ),
    Guard(
        "scope",
        "the result of an installer's command",
        "fleetcontrol/api/command_shapes.py",
        "if not command.is_fleets:",
        "if not command.pk:",
        "tests/fleetcontrol/test_commands_api.py::test_neither_reads_the_result_of_the_others_commands",
    ),
    # --- roles and rights ---------------------------------------------------------------------------------------------
    Guard(
        "role",
        "writing pages for viewers",
        "fleetcontrol/mixins.py",
        "if self.writes and not self.may_write:",
        "if self.writes and not self.fleet:",
        "tests/fleetcontrol/test_job_form.py::test_nobody_else_writes",
    ),
    Guard(
        "role",
        "the users of a fleet for its managers",
        "fleetcontrol/views/users.py",
        "if self.fleet.role != FleetMembership.Role.ADMIN:",
        "if self.fleet.role not in FleetMembership.Role:",
        "tests/fleetcontrol/test_users.py::test_only_an_admin_finds_the_page",
    ),
    Guard(
        "role",
        "the Installers website for installers",
        "installers/mixins.py",
        "if membership.role not in self.roles:",
        "if membership.role not in (*self.roles, INSTALLER):",
        "tests/installers/test_site.py::test_an_installer_does_nothing_here",
    ),
    Guard(
        "role",
        "moves of the desk by viewers",
        "jobs/moves/base.py",
        "by.lock_membership(of=self.fleet, roles=self.DESK_ROLES)",
        "by.lock_membership(of=self.fleet)",
        "tests/jobs/test_desk.py::test_only_the_writers_of_the_fleet_write_its_jobs",
    ),
    Guard(
        "role",
        "acts on a company by its installers",
        "accounts/models/authority.py",
        "by.lock_membership(of=of, roles=roles)",
        "by.lock_membership(of=of)",
        "tests/accounts/test_company.py::test_only_admins_of_the_company_remove_or_change_roles",
    ),
    Guard(
        "role",
        "an operator over a superuser",
        "accounts/models/operators.py",
        "if user.is_superuser and not by.is_superuser:",
        "if user.is_superuser and not by.is_staff:",
        "tests/accounts/test_operators.py::test_actions_on_a_superuser_require_a_superuser",
    ),
    Guard(
        "role",
        "a token narrower than its client",
        "fleetcontrol/api/base.py",
        "if right in token.get_scopes() and right in caller.client.get_scopes():",
        "if token is not None and right in caller.client.get_scopes():",
        "tests/test_removed_guards.py::test_a_token_that_is_narrower_than_its_client_stays_so",
    ),
    Guard(
        "role",
        "the grant type at the token endpoint",
        "accounts/views/token.py",
        'request.POST.get("grant_type") != "client_credentials"',
        'request.POST.get("grant_type") == "password"',
        "tests/test_removed_guards.py::test_the_token_endpoint_knows_one_grant_whatever_a_client_is_allowed",
    ),
    # --- status, holder, partnership, agreement ---------------------------------------------------------------------
    Guard(
        "status",
        "the conditional UPDATE of take",
        "core/moves.py",
        "**(where or {}),",
        "",
        "tests/test_removed_guards.py::test_a_take_writes_nothing_into_a_job_that_has_changed_since_it_was_read",
    ),
    Guard(
        "status",
        "the status before the holder",
        "core/moves.py",
        "if not self.can(verb):",
        "if verb not in self.MOVES:",
        "tests/installers/api/test_refusals.py::TestWhoseJobItIs::test_an_assigned_job_is_nobodys_yet",
    ),
    Guard(
        "holder",
        "a move by a colleague of the holder",
        "jobs/moves/base.py",
        "if self.assignee_id != by.pk:",
        "if self.assignee_id is None:",
        "tests/jobs/test_way_of_a_job.py::test_nobody_but_the_holder_moves_a_running_job",
    ),
    Guard(
        "holder",
        "a job reserved for somebody else",
        "jobs/parts/permits.py",
        "if job.reserved_for_id not in (None, person.pk) and not is_admin:",
        "if job.reserved_for_id not in (None, person.pk) and is_admin is None:",
        "tests/jobs/test_desk.py::test_a_reserved_job_is_taken_by_its_installer_or_an_admin",
    ),
    Guard(
        "holder",
        "a vehicle that somebody else uses",
        "jobs/models/vehicle_access.py",
        "if Key.objects.live().of_persons().filter(vehicle=vehicle).exclude(holder=holder).exists():",
        "if Key.objects.none().exists():",
        "tests/jobs/test_ends_of_access.py::test_a_unit_is_not_exchanged_under_the_hands_of_somebody_else",
    ),
    Guard(
        "partnership",
        "partnership in the access predicate",
        "jobs/models/vehicle_access.py",
        """Partnership.objects.accepted().filter(
                fleet=OuterRef("job__fleet"), company=OuterRef("job__company")
            )""",
        'Partnership.objects.filter(company=OuterRef("job__company"))',
        "tests/test_removed_guards.py::test_an_access_is_over_where_the_partnership_is_no_longer_accepted",
    ),
    Guard(
        "partnership",
        "an assignment to a company that is no partner",
        "accounts/models/partnership.py",
        "accepted = cls.objects.accepted().filter(",
        "accepted = cls.objects.live().filter(",
        "tests/jobs/test_desk.py::test_only_an_accepted_partner_gets_jobs",
    ),
    Guard(
        "agreement",
        "a job seen before the agreement is signed",
        "accounts/models/membership.py",
        "working().filter(user=principal.pk, company__in=signed)",
        "working().filter(user=principal.pk)",
        "tests/installers/api/test_refusals.py::TestWhoSeesAJob::test_nobody_whose_company_has_not_signed",
    ),
    Guard(
        "agreement",
        "a take without the newest agreement",
        "jobs/parts/permits.py",
        "if not may_take:",
        "if may_take is None:",
        "tests/installers/api/test_moves.py::TestAssignment::test_without_the_newest_agreement_nothing_new_is_taken",
    ),
    # --- leases, fences, keys -----------------------------------------------------------------------------------------
    Guard(
        "lease",
        "an access whose lease is over",
        "jobs/models/vehicle_access.py",
        "key__ends_at__gt=Now(),",
        "",
        "tests/jobs/test_ends_of_access.py::test_the_first_command_after_the_end_is_refused",
    ),
    Guard(
        "fence",
        "a worker that lost its test",
        "jobs/models/installation_test.py",
        "pk=self.pk, fence=self.fence, status=Status.RUNNING, resumable=False",
        "pk=self.pk, resumable=False",
        "tests/jobs/test_tests_of_the_unit.py::test_a_cancelled_test_is_no_longer_its_workers",
    ),
    Guard(
        "fence",
        "a worker that lost its push",
        "jobs/models/configuration.py",
        """mine = Configuration.objects.pending().filter(pk=self.pk, fence=self.fence)
        settled = mine.update(""",
        """mine = Configuration.objects.pending().filter(pk=self.pk)
        settled = mine.update(""",
        "tests/jobs/test_configurations_in_order.py::test_a_worker_that_lost_its_push_writes_nothing",
    ),
    Guard(
        "key",
        "the live key at hand-over",
        "telematics/models/command.py",
        "if not key.is_live():",
        "if key.pk is None:",
        "tests/test_removed_guards.py::test_nothing_is_handed_over_under_a_key_that_ends_just_before",
    ),
    Guard(
        "key",
        "the access at hand-over",
        "jobs/receivers.py",
        """    if access is not None:
        access.lock_live()
    elif""",
        "    if access is None and",
        "tests/jobs/test_ends_of_access.py::test_each_row_ends_the_access_by_itself",
    ),
    Guard(
        "key",
        "the end of a job with a command in flight",
        "jobs/moves/outcome.py",
        "if work.has_command_in_flight:",
        "if work.configuration and work.configuration.pk is None:",
        "tests/installers/api/test_moves.py::TestOutcome::test_a_command_on_its_way_holds_the_end_back_for_a_moment",
    ),
    Guard(
        "key",
        "the right of a client at hand-over",
        "telematics/models/command.py",
        "                self._lock_sender_of_fleet()\n",
        "",
        "tests/fleetcontrol/test_commands_api.py::test_nothing_is_handed_over_for_a_client_that_has_lost_the_right",
    ),
    Guard(
        "key",
        "the key of a revoked client",
        "jobs/receivers.py",
        "    Key.objects.under(client).end_all()",
        "    Key.objects.under(client)",
        "tests/fleetcontrol/test_commands_api.py::test_a_key_ends_at_once_with_what_it_depends_on",
    ),
    Guard(
        "key",
        "a command of the fleet while a test waits",
        "jobs/receivers.py",
        "if InstallationTest.objects.at_unit().filter(unit=command.unit_id).exists():",
        "if InstallationTest.objects.none().exists():",
        "tests/fleetcontrol/test_commands_api.py::test_while_a_test_waits_the_state_alone_is_read",
    ),
    Guard(
        "key",
        "a test while a command of the fleet is under way",
        "jobs/models/installation_test_queryset.py",
        "            & ~Exists(moved_by_fleet)\n",
        "",
        "tests/fleetcontrol/test_commands_api.py::test_no_test_begins_while_a_command_of_the_fleet_may_still_move_the_vehicle",
    ),
    # --- requests -----------------------------------------------------------------------------------------------------
    Guard(
        "idempotency",
        "the fingerprint without the path",
        "core/web/api/idempotency.py",
        'f"{request.method} {request.path}\\n"',
        'f"{request.method}\\n"',
        "tests/test_removed_guards.py::test_the_same_body_and_key_at_another_url_is_another_request",
    ),
    Guard(
        "idempotency",
        "the key of a colleague",
        "core/once.py",
        "return self.filter(principal=principal, key=key).first()",
        "return self.filter(key=key).first()",
        "tests/installers/api/test_repeats.py::test_a_key_of_a_colleague_tells_nothing",
    ),
    Guard(
        "idempotency",
        "another body under the same key",
        "core/once.py",
        "if self.body_hash != body_hash:",
        "if not body_hash:",
        "tests/core/test_idempotency.py::test_another_body_under_the_same_key_is_refused",
    ),
    Guard(
        "version",
        "a form or phone that read an older version",
        "jobs/moves/base.py",
        "if expected is not None and expected != self.fields_version:",
        "if expected is not None and expected < 0:",
        "tests/installers/api/test_moves.py::TestFields::test_only_what_was_read_last_is_overwritten",
    ),
    Guard(
        "version",
        "an If-Match that was never sent",
        "core/web/api/tags.py",
        "    return int(found[1]) if found else NO_VERSION",
        "    return int(found[1]) if found else None",
        "tests/installers/api/test_moves.py::TestFields::test_a_tag_that_we_never_gave_matches_nothing",
    ),
    Guard(
        "CSRF",
        "CSRF at the invitation's switch",
        "accounts/views/invitations.py",
        '    messages.info(request, _("You have been signed out."))\n    return redirect("invitation", token)\n',
        '    return redirect("invitation", token)\n\n\nswitch.csrf_exempt = True\n',
        "tests/test_removed_guards.py::test_nobody_is_signed_out_at_an_invitation_by_another_site",
    ),
    Guard(
        "CSRF",
        "CSRF on every page",
        "config/settings.py",
        '    "django.middleware.csrf.CsrfViewMiddleware",\n',
        "",
        "tests/accounts/test_second_tab.py::test_any_other_form_still_says_that_it_has_expired",
    ),
    Guard(
        "audience",
        "a cookie of the website at the API",
        "accounts/sign_in/sessions.py",
        "if not session.is_for_app or not session.session_key:",
        "if not session.session_key:",
        "tests/accounts/test_audiences.py::test_a_cookie_of_the_website_is_no_token",
    ),
    Guard(
        "audience",
        "a token of the app as a cookie",
        "accounts/sign_in/sessions.py",
        "if found.get(AUDIENCE) != APP:",
        "if found is not None:",
        "tests/accounts/test_audiences.py::test_a_token_of_the_app_opens_no_page",
    ),
    Guard(
        "second factor",
        "the second factor of a fleet",
        "fleetcontrol/mixins.py",
        "if second_factor.is_missing(request.user, self.fleet):",
        "if self.fleet is None:",
        "tests/fleetcontrol/test_job_list.py::test_a_fleet_that_requires_two_factor_authentication_leads_to_its_setup",
    ),
    Guard(
        "second factor",
        "the second factor at the API",
        "installers/api/views/base.py",
        "second_factor.check(self.request.user, company)",
        "return",
        "tests/installers/test_second_factor.py::test_the_api_says_why_it_refuses",
    ),
    Guard(
        "second factor",
        "the second factor of operators",
        "accounts/middleware.py",
        "if request.user.is_staff and second_factor.is_missing_for_operator(request.user):",
        "if request.user.is_staff and request.user.pk is None:",
        "tests/accounts/test_operators.py::test_an_operator_without_a_second_factor_sets_it_up_first_where_it_is_required",
    ),
    Guard(
        "input",
        "an unknown query parameter",
        "core/web/api/views.py",
        "if value or name not in known:",
        "if value and name in known:",
        "tests/installers/api/test_jobs.py::test_a_query_parameter_that_the_operation_does_not_have_is_refused",
    ),
    Guard(
        "input",
        "an unknown member of a body",
        "core/web/api/serializers.py",
        "errors |= self.surplus(data)",
        "pass",
        "tests/installers/api/test_refusals.py::test_every_surplus_field_is_named",
    ),
    Guard(
        "upload",
        "the size of a file",
        "jobs/importing/reading.py",
        "if len(content) > bounds.MAX_BYTES:",
        "if not content:",
        f"{TOO_MUCH}[bytes]",
    ),
    Guard(
        "upload",
        "the rows of a file",
        "jobs/importing/sheet.py",
        "if len(below) > bounds.MAX_ROWS:",
        "if len(below) > 2 * bounds.MAX_ROWS:",
        "tests/jobs/importing/test_reading.py::test_a_thousand_rows_of_formulas_are_read_and_not_one_more",
    ),
    Guard(
        "upload",
        "a workbook that unpacks",
        "jobs/importing/workbook.py",
        "or sum(part.file_size for part in parts) > bounds.MAX_UNPACKED:",
        ":",
        f"{TOO_MUCH}[a workbook that unpacks]",
    ),
    # --- how often, where to, what is kept ----------------------------------------------------------------------------
    Guard(
        "rate",
        "guesses of a password",
        "accounts/sign_in/limits.py",
        'counts.append(Count(what, rates.stranger, f"{account} {place}"))',
        "pass",
        "tests/accounts/test_sign_in_limits.py::test_guessing_is_answered_429_with_the_time_to_wait",
    ),
    Guard(
        "rate",
        "the pause between two mails of an invitation",
        "accounts/models/invitation.py",
        "if self.sent_at > timezone.now() - PAUSE:",
        "if self.sent_at > timezone.now() + PAUSE:",
        "tests/accounts/test_invitation.py::test_a_mailbox_is_not_filled_by_clicks",
    ),
    Guard(
        "rate",
        "the invitations of a day",
        "accounts/models/mail_allowance.py",
        "if not self.left:",
        "if self.limit is None:",
        "tests/accounts/test_mail_limits.py::test_sending_again_counts",
    ),
    Guard(
        "redirect",
        "a theme that leads to another site",
        "core/web/theme.py",
        'back if url_has_allowed_host_and_scheme(back, {request.get_host()}) else "/"',
        'back or "/"',
        "tests/core/test_look.py::test_choosing_a_theme_leads_nowhere_else",
    ),
    Guard(
        "redirect",
        "an address within an address",
        "fleetcontrol/return_to.py",
        'if parts.path.startswith("/") and not parts.path.startswith("//"):',
        'if parts.path.startswith("/"):',
        "tests/fleetcontrol/test_return_to.py::test_nor_does_a_path_that_a_browser_reads_as_a_host",
    ),
    Guard(
        "host",
        "links in mails that follow the Host header",
        "accounts/adapters.py",
        "urlsplit(context[link]).path",
        "context[link]",
        "tests/accounts/test_mail.py::test_links_come_from_the_settings_and_never_from_the_request",
    ),
    Guard(
        "logs",
        "links that open something in the log",
        "config/logs.py",
        'SECRET_PARAMETERS.sub(r"\\1…", SECRET_LINKS.sub(r"\\1…", value))',
        'SECRET_PARAMETERS.sub(r"\\1…", value)',
        "tests/config/test_settings.py::test_no_log_line_shows_the_token_of_any_url",
    ),
    Guard(
        "logs",
        "secrets of a query in the log",
        "config/logs.py",
        'SECRET_PARAMETERS.sub(r"\\1…", SECRET_LINKS.sub(r"\\1…", value))',
        'SECRET_LINKS.sub(r"\\1…", value)',
        "tests/config/test_settings.py::test_no_log_line_shows_a_secret_in_a_query",
    ),
    Guard(
        "cache",
        "pages of a reader in a cache",
        "accounts/middleware.py",
        'response["Cache-Control"] = "no-store"',
        "pass",
        "tests/core/test_no_store.py::test_pages_and_exports_of_a_signed_in_reader_are_not_stored",
    ),
    Guard(
        "cache",
        "answers of an API in a cache",
        "core/web/api/views.py",
        '        response["Cache-Control"] = "no-store"\n',
        "",
        "tests/installers/api/test_refusals.py::TestBeforeAnyJob::test_every_answer_is_kept_by_nobody_and_names_its_flow",
    ),
    # --- suspension ---------------------------------------------------------------------------------------------------
    Guard(
        "suspension",
        "the work of a suspended person",
        "jobs/suspension.py",
        "When(~Exists(User.objects.filter(pk=person, is_active=True)), then=Value(PERSON)),",
        "",
        "tests/jobs/test_suspension.py::test_nobody_who_was_suspended_meanwhile_moves_their_job",
    ),
    Guard(
        "suspension",
        "the work for a suspended fleet",
        "jobs/suspension.py",
        "When(~fleet_works(), then=Value(FLEET)),",
        "",
        "tests/installers/api/test_suspension.py::test_the_work_of_a_running_job_is_refused_and_the_job_stays_running",
    ),
    Guard(
        "suspension",
        "the jobs of a suspended company",
        "accounts/models/membership.py",
        "user__is_active=True, company__suspended_at=None, company__closed_at=None",
        "user__is_active=True, company__closed_at=None",
        "tests/installers/api/test_refusals.py::TestWhoSeesAJob::test_nobody_of_a_suspended_company",
    ),
    Guard(
        "suspension",
        "the moves of a suspended provider",
        "accounts/models/membership.py",
        "user__is_active=True, fleet__suspended_at=None, fleet__provider__suspended_at=None",
        "user__is_active=True, fleet__suspended_at=None",
        "tests/jobs/test_suspension.py::test_nobody_writes_jobs_while_their_fleet_or_its_provider_is_suspended",
    ),
    Guard(
        "suspension",
        "a suspended API client",
        "accounts/models/api_client.py",
        """revoked_at=None,
            suspended_at=None,""",
        "revoked_at=None,",
        "tests/accounts/test_operator_actions.py::test_a_suspended_client_is_out_and_comes_back",
    ),
    Guard(
        "suspension",
        "the access while a company is suspended",
        "jobs/models/vehicle_access.py",
        '        company_works("job__"),\n',
        "",
        "tests/jobs/test_ends_of_access.py::test_each_row_ends_the_access_by_itself[company suspended]",
    ),
    # --- invitations, demo world --------------------------------------------------------------------------------------
    Guard(
        "invitation",
        "an account without an invitation",
        "accounts/adapters.py",
        '"""Accounts are created only on the page of an invitation."""\n        return False',
        '"""Accounts are created only on the page of an invitation."""\n        return True',
        "tests/accounts/test_invitation.py::test_nobody_signs_up_without_an_invitation",
    ),
    Guard(
        "invitation",
        "a link used twice",
        "accounts/models/invitation_queryset.py",
        "return self.filter(used_at=None, withdrawn_at=None)",
        "return self.filter(withdrawn_at=None)",
        "tests/accounts/test_invitation.py::test_a_link_that_was_used_since_its_page_was_opened_is_not_used_again",
    ),
    Guard(
        "invitation",
        "a link that has expired",
        "accounts/models/invitation_columns.py",
        "if self.expires_at <= timezone.now():",
        "if self.expires_at is None:",
        "tests/accounts/test_invitation.py::test_a_link_that_is_over_says_why_and_makes_nothing",
    ),
    Guard(
        "demo",
        "a demo login outside demo mode",
        "accounts/models/user.py",
        'if not settings.DEMO and user.__dict__.get("is_demo"):',
        'if settings.DEMO and user.__dict__.get("is_demo") is None:',
        "tests/accounts/test_demo_logins.py::test_a_demo_login_signs_in_to_the_website_in_demo_mode_only",
    ),
    Guard(
        "demo",
        "a demo client outside demo mode",
        "accounts/models/api_client.py",
        "return working.filter(is_demo=False)",
        "return working",
        "tests/accounts/test_demo_logins.py::test_a_client_of_the_demo_world_gets_and_uses_a_token_in_demo_mode_only",
    ),
    Guard(
        "demo",
        "the demo world beside real data",
        "demo/world/place.py",
        "if not _chosen_as_demo() or not people.are_there():",
        "if not people.are_there():",
        "tests/demo/test_demo_refused.py::test_demo_logins_alone_make_no_demo_world",
    ),
    # --- photos -------------------------------------------------------------------------------------------------------
    Guard(
        "scope",
        "a photo of another job",
        "installers/api/views/photos.py",
        "JobPhoto.objects.of_assignment().filter(job=self.job.pk)",
        "JobPhoto.objects.of_assignment()",
        "tests/installers/api/test_photos.py::test_a_photo_is_found_at_its_own_job_alone",
    ),
    Guard(
        "scope",
        "a photo of another fleet's job",
        "fleetcontrol/views/job_detail.py",
        "JobPhoto.objects.visible_to(self.request.user).filter(job=self.job)",
        "JobPhoto.objects.live()",
        "tests/fleetcontrol/test_photos.py::test_a_photo_of_another_fleets_job_is_not_found",
    ),
    Guard(
        "status",
        "a photo that is deleted after the end",
        "jobs/parts/photos.py",
        """        self.job.check_move(VERB_OF_HOLDER)
        self._check_holder(by)

    def check_number""",
        """        self._check_holder(by)

    def check_number""",
        "tests/installers/api/test_photos.py::test_after_the_outcome_the_same_person_adds_for_a_day_and_deletes_nothing",
    ),
    Guard(
        "secret",
        "where a photo was taken",
        "jobs/pictures/picture.py",
        """    plain = Image.new("RGB", image.size)
    plain.paste(image.convert("RGB"))
    return plain
""",
        """    return image.convert("RGB")
""",
        "tests/jobs/test_pictures.py::test_nothing_but_the_pixels_is_kept",
    ),
    # --- found under torture ------------------------------------------------------------------------------------------
    Guard(
        "status",
        "a row that was chosen and is gone at the commit",
        "core/web/collisions.py",
        """    if kind == "FOREIGN KEY":
        return MoveRefused("gone")
""",
        "",
        "tests/core/test_problems.py::test_what_was_chosen_and_is_gone_at_the_commit_reads_so",
    ),
    Guard(
        "status",
        "a job that went back was taken by nobody",
        "jobs/moves/returning.py",
        """    "taken_at": None,
""",
        "",
        "tests/jobs/test_way_of_a_job.py::test_a_job_that_its_fleet_got_back_says_no_longer_when_it_was_taken",
    ),
]

# The ten that `.ci/run` takes away: each of another kind.
IN_CI = {
    "a bulk run of another fleet",
    "a token narrower than its client",
    "the conditional UPDATE of take",
    "partnership in the access predicate",
    "the live key at hand-over",
    "the fingerprint without the path",
    "CSRF at the invitation's switch",
    "guesses of a password",
    "links that open something in the log",
    "a link that has expired",
}
