using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Apps;

/// <summary>What went with a session.</summary>
public sealed class SpreadSessionLogout(Store store) : SpreadLogout(store)
{
    /// <inheritdoc/>
    public override string Kind => OutboxKind.AppSessionEnded;

    /// <inheritdoc/>
    protected override IQueryable<AppGrant> Which(MembershipDb db, OutboxMessage message)
    {
        Id<Accounts.Session>? session = new Id<Accounts.Session>(message.About);
        return db.AppGrants.Where(g => g.SessionId == session);
    }
}
