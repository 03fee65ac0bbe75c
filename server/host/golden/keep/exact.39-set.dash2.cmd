zfs
set
--
org.x:y=-2
k/x
