zfs
set
org.x:y=-1
--
k/x
