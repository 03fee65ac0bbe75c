zfs
promote
k/i
