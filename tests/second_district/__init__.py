"""A made-up county that works in English, and what its departments deliver in one month."""
