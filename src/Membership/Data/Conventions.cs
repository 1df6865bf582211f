using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Audit;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Invitations.Imports;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Webhooks;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>How values are stored on every database: ids as UUIDs, times as milliseconds, enumerations as words.</summary>
internal static class Conventions
{
    public static void Apply(ModelConfigurationBuilder builder)
    {
        builder.Properties<DateTimeOffset>().HaveConversion<Milliseconds>();
        builder.Properties<DateTime>().HaveConversion<UtcMilliseconds>(); // OpenIddict's types have these, always of UTC
        IdOf<Workspace>(builder);
        IdOf<ScimCredential>(builder);
        IdOf<ApiKey>(builder);
        IdOf<Member>(builder);
        IdOf<Group>(builder);
        IdOf<Rules.GroupRule>(builder);
        IdOf<Members.Bulk.BulkChange>(builder);
        IdOf<Invitation>(builder);
        IdOf<InvitationImport>(builder);
        IdOf<InviteLinks.InviteLink>(builder);
        IdOf<Domains.EmailDomain>(builder);
        IdOf<Domains.JoinRequest>(builder);
        IdOf<Reviews.AccessReview>(builder);
        IdOf<Portals.PortalLink>(builder);
        IdOf<Account>(builder);
        IdOf<OneTimeLink>(builder);
        IdOf<IdentityConnection>(builder);
        IdOf<Login>(builder);
        IdOf<SignInTest>(builder);
        IdOf<Session>(builder);
        IdOf<Passkey>(builder);
        IdOf<AuditEntry>(builder);
        IdOf<OutboxMessage>(builder);
        IdOf<ProvisioningLine>(builder);
        IdOf<ProvisioningCycle>(builder);
        IdOf<Approvals.Approval>(builder);
        IdOf<AuditStreams.AuditStream>(builder);
        IdOf<Webhook>(builder);
        IdOf<WorkspaceEvent>(builder);
        IdOf<WebhookDelivery>(builder);
        WordOf<MemberState>(builder);
        WordOf<LocalBlock>(builder);
        WordOf<HeldAs>(builder);
        WordOf<HeldMatch>(builder);
        WordOf<Holds.HoldVerdict>(builder);
        WordOf<GrantKind>(builder);
        WordOf<GrantOrigin>(builder);
        WordOf<Rules.RuleAsks>(builder);
        WordOf<CounterKind>(builder);
        WordOf<IdentityProvider>(builder);
        WordOf<InvitationStatus>(builder);
        WordOf<Domains.DomainJoin>(builder);
        WordOf<Domains.DomainProof>(builder);
        WordOf<Domains.JoinRequestState>(builder);
        WordOf<Reviews.AccessVerdict>(builder);
        WordOf<Members.Bulk.MemberRunState>(builder);
        WordOf<ImportState>(builder);
        WordOf<ImportRowState>(builder);
        WordOf<OneTimeLinkKind>(builder);
        WordOf<ConnectionKind>(builder);
        WordOf<ClientAuthentication>(builder);
        WordOf<ActorKind>(builder);
        WordOf<Door>(builder);
        WordOf<ProvisioningOutcome>(builder);
        WordOf<DirectoryConcernKind>(builder);
        WordOf<Undo.UndoPhase>(builder);
        WordOf<Approvals.FourEyesAct>(builder);
        WordOf<Approvals.ApprovalState>(builder);
        WordOf<Undo.UndoEnd>(builder);
        WordOf<AuditStreams.AuditStreamKind>(builder);
        WordOf<WebhookFormat>(builder);
        WordOf<DeliveryState>(builder);
    }

    /// <summary>UserNameKey becomes user_name_key.</summary>
    public static string Snake(string name)
    {
        var text = new StringBuilder(name.Length + 8);
        foreach (var c in name)
        {
            if (char.IsUpper(c) && text.Length > 0)
            {
                text.Append('_');
            }

            text.Append(char.ToLowerInvariant(c));
        }

        return text.ToString();
    }

    private static void IdOf<T>(ModelConfigurationBuilder builder) => builder.Properties<Id<T>>().HaveConversion<IdConverter<T>>();

    private static void WordOf<T>(ModelConfigurationBuilder builder)
        where T : struct, Enum => builder.Properties<T>().HaveConversion<WordConverter<T>>().HaveMaxLength(24);

    private sealed class IdConverter<T>() : ValueConverter<Id<T>, Guid>(id => id.Value, value => new Id<T>(value));

    private sealed class WordConverter<T>() : ValueConverter<T, string>(value => Word.Of(value), word => Word.Read<T>(word))
        where T : struct, Enum;

    private sealed class UtcMilliseconds()
        : ValueConverter<DateTime, long>(
            t => new DateTimeOffset(DateTime.SpecifyKind(t, DateTimeKind.Utc)).ToUnixTimeMilliseconds(),
            t => DateTimeOffset.FromUnixTimeMilliseconds(t).UtcDateTime
        );

    private sealed class Milliseconds()
        : ValueConverter<DateTimeOffset, long>(t => t.ToUnixTimeMilliseconds(), t => DateTimeOffset.FromUnixTimeMilliseconds(t));
}
