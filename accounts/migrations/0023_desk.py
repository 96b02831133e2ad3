from django.db import migrations, models

from core.operations import AddIndexConcurrently, NameIndex


class Migration(migrations.Migration):

    atomic = False

    dependencies = [
        ('accounts', '0022_operator_roles'),
        ('allauth_idp_oidc', '0003_client_allow_uri_wildcards'),
        ('auth', '0012_alter_user_first_name_max_length'),
        ('core', '0013_desk'),
    ]

    operations = [
        AddIndexConcurrently(
            model_name='apicall',
            index=models.Index(fields=['flow_id'], name='api_call_by_flow'),
        ),
        AddIndexConcurrently(
            model_name='apiclient',
            index=models.Index(condition=models.Q(('suspended_at__isnull', False)), fields=['suspended_at'], name='api_client_suspended'),
        ),
        AddIndexConcurrently(
            model_name='apiclientuse',
            index=models.Index(fields=['day'], name='api_client_use_by_day'),
        ),
        AddIndexConcurrently(
            model_name='company',
            index=models.Index(condition=models.Q(('suspended_at__isnull', False)), fields=['suspended_at'], name='company_suspended'),
        ),
        AddIndexConcurrently(
            model_name='company',
            index=models.Index(fields=['email'], name='company_by_email'),
        ),
        AddIndexConcurrently(
            model_name='eventconsumer',
            index=models.Index(condition=models.Q(('status', 'SUSPENDED')), fields=['status'], name='event_consumer_suspended'),
        ),
        AddIndexConcurrently(
            model_name='fleet',
            index=models.Index(condition=models.Q(('suspended_at__isnull', False)), fields=['suspended_at'], name='fleet_suspended'),
        ),
        AddIndexConcurrently(
            model_name='invitation',
            index=models.Index(fields=['email'], name='invitation_by_email'),
        ),
        AddIndexConcurrently(
            model_name='mobilityprovider',
            index=models.Index(condition=models.Q(('suspended_at__isnull', False)), fields=['suspended_at'], name='provider_suspended'),
        ),
        AddIndexConcurrently(
            model_name='partnership',
            index=models.Index(fields=['email'], name='partnership_by_email'),
        ),
        AddIndexConcurrently(
            model_name='user',
            index=models.Index(condition=models.Q(('suspended_at__isnull', False)), fields=['suspended_at'], name='user_suspended'),
        ),
        AddIndexConcurrently(
            model_name='user',
            index=models.Index(fields=['last_login'], name='user_by_last_login'),
        ),
        NameIndex('MobilityProvider', 'name', 'provider_names'),
        NameIndex('Fleet', 'name', 'fleet_names'),
        NameIndex('Company', 'name', 'company_names'),
        NameIndex('User', 'last_name', 'user_last_names'),
    ]
