"""OpenSearch and its Dashboards."""
