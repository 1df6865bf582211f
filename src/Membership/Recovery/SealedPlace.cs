using System.Text.Json;
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Apps;
using UserManagement.Membership.AuditStreams;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Data;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.InviteLinks;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Webhooks;

namespace UserManagement.Membership.Recovery;

/// <summary>A row of a sealed column.</summary>
/// <param name="Key">The values of its key.</param>
/// <param name="Value">What is stored: bytes, or a text that holds sealed parts.</param>
internal sealed record SealedRow(object[] Key, object Value);

/// <summary>
/// A column that holds what the master key seals. All there are stand in <see cref="All"/>, so that a change of master keys reaches each
/// (a test compares them with the tables).
/// </summary>
/// <param name="What">In words.</param>
/// <param name="Table">The table.</param>
/// <param name="Column">The column.</param>
/// <param name="Key">The columns of its key.</param>
/// <param name="Purpose">What it is sealed for.</param>
/// <param name="Rows">Its rows that hold anything.</param>
internal sealed record SealedPlace(
    string What,
    string Table,
    string Column,
    string[] Key,
    string Purpose,
    Func<MembershipDb, IQueryable<SealedRow>> Rows
)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<SealedPlace> All { get; } =
    [
        new(
            "keys of the OpenID Provider",
            "oidc_keys",
            "sealed",
            ["number"],
            ReadAppKeys.Purpose,
            db => db.AppKeys.OrderBy(k => k.Number).Select(k => new SealedRow(new object[] { k.Number }, k.Sealed))
        ),
        new(
            "keys of the pages' forms",
            "protection_keys",
            "sealed",
            ["name"],
            ProtectionKey.Purpose,
            db => db.ProtectionKeys.OrderBy(k => k.Name).Select(k => new SealedRow(new object[] { k.Name }, k.Sealed))
        ),
        new(
            "credentials of sign-in connections",
            "identity_connections",
            "credential_sealed",
            ["id"],
            IdentityConnection.Purpose,
            db => db.IdentityConnections.OrderBy(c => c.Id).Select(c => new SealedRow(new object[] { c.Id.Value }, c.CredentialSealed))
        ),
        new(
            "secrets of endpoints for events",
            "webhooks",
            "secrets",
            ["workspace_id", "id"],
            WebhookSecrets.Purpose,
            db => db.Webhooks.OrderBy(w => w.Id).Select(w => new SealedRow(new object[] { w.WorkspaceId.Value, w.Id.Value }, w.Secrets))
        ),
        new(
            "tokens of audit streams",
            "audit_streams",
            "token_sealed",
            ["workspace_id", "id"],
            AuditStream.Purpose,
            db =>
                db.AuditStreams.Where(s => s.TokenSealed != null)
                    .OrderBy(s => s.Id)
                    .Select(s => new SealedRow(new object[] { s.WorkspaceId.Value, s.Id.Value }, s.TokenSealed!))
        ),
        new(
            "authenticator apps",
            "second_factors",
            "totp_sealed",
            ["account_id"],
            SecondFactor.TotpPurpose,
            db =>
                db.SecondFactors.Where(f => f.TotpSealed != null)
                    .OrderBy(f => f.AccountId)
                    .Select(f => new SealedRow(new object[] { f.AccountId.Value }, f.TotpSealed!))
        ),
        new(
            "links of invitations",
            "invitations",
            "link_sealed",
            ["workspace_id", "id"],
            Invitation.LinkPurpose,
            db =>
                db.Invitations.Where(i => i.LinkSealed != null)
                    .OrderBy(i => i.Id)
                    .Select(i => new SealedRow(new object[] { i.WorkspaceId.Value, i.Id.Value }, i.LinkSealed!))
        ),
        new(
            "mails of invitations",
            "invitations",
            "mail_sealed",
            ["workspace_id", "id"],
            Invitation.MailPurpose,
            db =>
                db.Invitations.Where(i => i.MailSealed != null)
                    .OrderBy(i => i.Id)
                    .Select(i => new SealedRow(new object[] { i.WorkspaceId.Value, i.Id.Value }, i.MailSealed!))
        ),
        new(
            "links for many",
            "invite_links",
            "link_sealed",
            ["workspace_id", "id"],
            InviteLink.Purpose,
            db =>
                db.InviteLinks.Where(i => i.LinkSealed != null)
                    .OrderBy(i => i.Id)
                    .Select(i => new SealedRow(new object[] { i.WorkspaceId.Value, i.Id.Value }, i.LinkSealed!))
        ),
        new(
            "mails with links to the set-up portal",
            "portal_links",
            "mail_sealed",
            ["workspace_id", "id"],
            PortalLink.MailPurpose,
            db =>
                db.PortalLinks.Where(l => l.MailSealed != null)
                    .OrderBy(l => l.Id)
                    .Select(l => new SealedRow(new object[] { l.WorkspaceId.Value, l.Id.Value }, l.MailSealed!))
        ),
        new(
            "mails to who asks to join",
            "join_requests",
            "proof_sealed",
            ["workspace_id", "id"],
            JoinRequest.ProofPurpose,
            db =>
                db.JoinRequests.Where(r => r.ProofSealed != null)
                    .OrderBy(r => r.Id)
                    .Select(r => new SealedRow(new object[] { r.WorkspaceId.Value, r.Id.Value }, r.ProofSealed!))
        ),
        new(
            "mails with one-time links",
            "one_time_links",
            "secret_sealed",
            ["id"],
            OneTimeLink.Purpose,
            db =>
                db.OneTimeLinks.Where(l => l.SecretSealed != null)
                    .OrderBy(l => l.Id)
                    .Select(l => new SealedRow(new object[] { l.Id.Value }, l.SecretSealed!))
        ),
        new(
            "answers kept for a key",
            "once_calls",
            "answer_sealed",
            ["workspace_id", "credential_id", "key_hash"],
            OnceCall.Purpose,
            db =>
                db.OnceCalls.Where(c => c.AnswerSealed != null)
                    .OrderBy(c => c.KeyHash)
                    .Select(c => new SealedRow(new object[] { c.WorkspaceId.Value, c.CredentialId, c.KeyHash }, c.AnswerSealed!))
        ),
    ];

    /// <summary>What is stored, sealed under the first key; null when it is already, or no key opens it.</summary>
    public object? Anew(SecretBox box, object value)
    {
        if (value is byte[] bytes)
        {
            return bytes.Length == 0 || box.IsOfMaster(Purpose, bytes) || box.Open(Purpose, bytes) is not { } clear
                ? null
                : box.Seal(Purpose, clear);
        }

        var before = JsonSerializer.Deserialize<WebhookSecret[]>((string)value) ?? [];
        var after = before
            .Select(s =>
                Anew(box, Convert.FromBase64String(s.Sealed)) is byte[] anew ? s with { Sealed = Convert.ToBase64String(anew) } : s
            )
            .ToArray();
        return after.SequenceEqual(before) ? null : WebhookSecrets.Write(after);
    }

    /// <summary>Whether no key opens it.</summary>
    public bool IsLost(SecretBox box, object value) =>
        value is byte[] bytes
            ? bytes.Length > 0 && box.Open(Purpose, bytes) is null
            : (JsonSerializer.Deserialize<WebhookSecret[]>((string)value) ?? []).Any(s =>
                box.Open(Purpose, Convert.FromBase64String(s.Sealed)) is null
            );

    /// <summary>The statement by which what is stored becomes something else, unless somebody changed it meanwhile.</summary>
    public Statement Write(SealedRow row, object after) =>
        new(
            $"UPDATE {Table} SET {Column} = $1 WHERE {Column} = $2 AND {string.Join(" AND ", Key.Select((k, i) => $"{k} = ${i + 3}"))}",
            [Data.Value.Of("$1", after), Data.Value.Of("$2", row.Value), .. row.Key.Select((k, i) => Data.Value.Of($"${i + 3}", k))]
        );

    /// <summary>The statement by which the row goes.</summary>
    public Statement Delete(SealedRow row) =>
        new(
            $"DELETE FROM {Table} WHERE {string.Join(" AND ", Key.Select((k, i) => $"{k} = ${i + 1}"))}",
            [.. row.Key.Select((k, i) => Data.Value.Of($"${i + 1}", k))]
        );
}
