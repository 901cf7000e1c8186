"""The sections of the officer's report, one file each: what it says, shows and tabulates about one country."""
