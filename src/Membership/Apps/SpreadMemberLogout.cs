using UserManagement.Membership.Data;
using UserManagement.Membership.Outbox;

namespace UserManagement.Membership.Apps;

/// <summary>What went with somebody's access to a workspace.</summary>
public sealed class SpreadMemberLogout(Store store) : SpreadLogout(store)
{
    /// <inheritdoc/>
    public override string Kind => OutboxKind.AppMemberEnded;

    /// <inheritdoc/>
    protected override IQueryable<AppGrant> Which(MembershipDb db, OutboxMessage message)
    {
        Id<Accounts.Account>? account = new Id<Accounts.Account>(message.About);
        var workspace = message.WorkspaceId;
        return db.AppGrants.Where(g => g.AccountId == account && g.WorkspaceId == workspace);
    }
}
