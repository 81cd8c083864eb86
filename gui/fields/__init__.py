"""Fields that forms share: calm under the wheel, checked as one types."""
