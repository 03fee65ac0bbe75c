zfs
promote
k/none
