"""The CDM registry: a connector that proposes cancellations over HTTP, and a simulator of the registry to talk to."""
