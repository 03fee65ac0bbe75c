zfs
set
refreservation=auto
k2/v
