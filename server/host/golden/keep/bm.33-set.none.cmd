zfs
set
quota=none
k/cs
