using UserManagement.Membership.Data;

namespace UserManagement.Membership.Accounts;

/// <summary>How a new password is written within an act.</summary>
internal static class Passwords
{
    /// <summary>Sets it and opens a lock; whoever signs in or sets another at this moment collides with it.</summary>
    public static void Set(Attempt attempt, LocalCredential now, string hash) =>
        attempt.Changes.Update(
            now,
            now with
            {
                PasswordHash = hash,
                PasswordSetAt = attempt.At,
                FailedTries = 0,
                LockedUntil = null,
                Version = now.Version + 1,
            }
        );
}
