"""Problems and notices that wait beside the work, and what the layers printed."""
