"""Made-up patients at every stage of follow-up, lived through on a virtual clock."""
