"""What each alerting system sends for the same failure, in the shapes of their documentation; names and ids are made up."""

import json
from datetime import UTC, datetime
from typing import Any

START = datetime(2025, 12, 17, 9, 12, 44, tzinfo=UTC)
ERROR = "ValidationError: insufficient leaf balance"

ALERTMANAGER: dict[str, Any] = {
    "version": "4",
    "groupKey": '{}:{alertname="TransferErrors"}',
    "truncatedAlerts": 0,
    "status": "firing",
    "receiver": "errata",
    "groupLabels": {"alertname": "TransferErrors"},
    "commonLabels": {},
    "commonAnnotations": {},
    "externalURL": "http://alertmanager.acme.example",
    "alerts": [
        {
            "status": "firing",
            "labels": {"alertname": "TransferErrors", "service": "transfers", "env": "prod", "severity": "critical", "release": "2.14.0"},
            "annotations": {"summary": "Transfers fail", "description": ERROR, "runbook_url": "https://wiki.acme.example/transfers"},
            "startsAt": "2025-12-17T09:12:44Z",
            "endsAt": "0001-01-01T00:00:00Z",
            "generatorURL": "http://prometheus.acme.example/graph?g0.expr=x",
            "fingerprint": "c0ffee0123456789",
        },
        {"status": "resolved", "labels": {"alertname": "Other"}, "startsAt": "2025-12-17T08:00:00Z", "fingerprint": "feed"},
    ],
}
PAGERDUTY: dict[str, Any] = {
    "event": {
        "id": "01DEN0V9T3Q5Q",
        "event_type": "incident.triggered",
        "resource_type": "incident",
        "occurred_at": "2025-12-17T09:12:45.500Z",
        "data": {
            "id": "PGR0VU2",
            "type": "incident",
            "html_url": "https://acme.pagerduty.com/incidents/PGR0VU2",
            "status": "triggered",
            "created_at": "2025-12-17T09:12:44Z",
            "title": ERROR,
            "service": {"id": "PF9KMXH", "summary": "transfers", "type": "service_reference"},
            "urgency": "high",
        },
    }
}
OPSGENIE: dict[str, Any] = {
    "action": "Create",
    "source": {"name": "", "type": "API"},
    "alert": {
        "alertId": "052652ac-5d1c-464a-812a-7dd18bbfba8c",
        "message": ERROR,
        "tags": ["service:transfers", "env:prod"],
        "createdAt": 1765962764000,
        "description": "Transfers fail",
        "priority": "P1",
        "details": {"release": "2.14.0"},
    },
    "integrationName": "errata",
}
SENTRY: dict[str, Any] = {
    "action": "triggered",
    "installation": {"uuid": "a8e5d37a"},
    "data": {
        "event": {
            "event_id": "e4874d664c3540c1a32eab185f12c5ab",
            "issue_id": "1170820242",
            "datetime": "2025-12-17T09:12:44.000000Z",
            "title": ERROR,
            "culprit": "transfer_handler",
            "level": "error",
            "release": "2.14.0",
            "web_url": "https://acme.sentry.io/issues/1170820242/events/e4874d664c3540c1a32eab185f12c5ab/",
            "tags": [["environment", "prod"], ["service", "transfers"]],
            "contexts": {"trace": {"trace_id": "0af7651916cd43dd8448eb211c80319c"}},
            "exception": {
                "values": [
                    {
                        "type": "ValidationError",
                        "value": "insufficient leaf balance",
                        "stacktrace": {
                            "frames": [
                                {"filename": "transfers/api.py", "lineno": 40, "function": "post", "context_line": "    reserve(leaves)"},
                                {"filename": "transfers/leaves.py", "lineno": 7, "function": "reserve"},
                            ]
                        },
                    }
                ]
            },
        },
        "triggered_rule": "Production errors",
    },
}
CLOUDWATCH: dict[str, Any] = {
    "version": "0",
    "id": "c4c1c1c9-6542-e61b-6ef0-8c4d36933a92",
    "detail-type": "CloudWatch Alarm State Change",
    "source": "aws.cloudwatch",
    "account": "123456789012",
    "time": "2025-12-17T09:12:44Z",
    "region": "us-west-2",
    "resources": ["arn:aws:cloudwatch:us-west-2:123456789012:alarm:TransferErrors"],
    "detail": {
        "alarmName": "TransferErrors",
        "state": {"value": "ALARM", "reason": "Threshold Crossed: 1 datapoint [7.0] was greater than 5.0", "timestamp": "2025-12-17T09:12:44.000+0000"},
        "configuration": {"description": ERROR, "metrics": [{"metricStat": {"metric": {"name": "Errors", "dimensions": {"FunctionName": "transfers"}}}}]},
    },
}
SNS: dict[str, Any] = {
    "Type": "Notification",
    "TopicArn": "arn:aws:sns:us-west-2:123456789012:alarms",
    "Message": json.dumps(
        {
            "AlarmName": "TransferErrors",
            "AlarmDescription": ERROR,
            "NewStateValue": "ALARM",
            "NewStateReason": "Threshold Crossed",
            "StateChangeTime": "2025-12-17T09:12:44.000+0000",
            "AlarmArn": "arn:aws:cloudwatch:us-west-2:123456789012:alarm:TransferErrors",
            "Trigger": {"MetricName": "Errors", "Dimensions": [{"name": "FunctionName", "value": "transfers"}]},
        }
    ),
}
OPENSEARCH: dict[str, Any] = {
    "monitor": {"_id": "m1", "name": "Transfers"},
    "trigger": {"id": "t1", "name": "errors", "severity": "1"},
    "periodStart": "2025-12-17T09:11:44Z",
    "periodEnd": "2025-12-17T09:12:44Z",
    "sample": {"service": "transfers", "environment": "prod", "error_type": "ValidationError", "message": "insufficient leaf balance"},
}
PAYLOADS = {
    "alertmanager": ALERTMANAGER,
    "pagerduty": PAGERDUTY,
    "opsgenie": OPSGENIE,
    "sentry": SENTRY,
    "cloudwatch": CLOUDWATCH,
    "opensearch": OPENSEARCH,
}
