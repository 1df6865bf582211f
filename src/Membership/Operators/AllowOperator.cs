using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Data;

namespace UserManagement.Membership.Operators;

/// <summary>
/// Says of an account that whoever has it runs this installation and gets to the operator's page. The command line alone may: no page makes
/// an operator. Kept as a <see cref="Mark"/> for each. Refusals: <c>forbidden</c>, <c>notFound</c> (nobody signs in by that name here).
/// </summary>
public sealed class AllowOperator(Store store)
{
    /// <summary>Says it, or takes it back.</summary>
    /// <param name="actor">Whoever runs the server, by the command line.</param>
    /// <param name="login">The name by which the person signs in, or their proven address.</param>
    /// <param name="allowed">Whether they are one.</param>
    /// <param name="ct">Stops it before it is written.</param>
    public Task<Outcome<Account>> RunAsync(Actor actor, string login, bool allowed, CancellationToken ct) =>
        store.ChangeAsync<Account>(
            actor,
            null,
            allowed ? "operator.allowed" : "operator.revoked",
            async attempt =>
            {
                if (Against(actor) is { } refused)
                {
                    return refused;
                }

                var key = login.Length <= Key.MaxLength ? Key.Of(login) : "";
                var account = await attempt
                    .Db.Accounts.AsNoTracking()
                    .FirstOrDefaultAsync(
                        a => a.ProvenEmailKey == key || attempt.Db.LocalCredentials.Any(c => c.AccountId == a.Id && c.LoginKey == key),
                        ct
                    );
                if (account is null)
                {
                    return new Refusal(RefusalKind.NotFound, "notFound", $"Nobody signs in as {login} here.");
                }

                var name = RecognizeOperator.MarkOf(account.Id);
                var mark = await attempt.Db.Marks.AsNoTracking().FirstOrDefaultAsync(m => m.Name == name, ct);
                if (mark is not null == allowed)
                {
                    return account;
                }

                if (allowed)
                {
                    attempt.Changes.AddIfMissing(
                        new Mark
                        {
                            Name = name,
                            Value = Key.Cut(login, 200),
                            At = attempt.At,
                        }
                    );
                }
                else
                {
                    attempt.Changes.Remove(mark!);
                }

                attempt.Changes.TellFacts(
                    allowed ? "operator.allowed" : "operator.revoked",
                    default,
                    ("account", account.Id.Value, account.DisplayName),
                    null,
                    new { login }
                );
                return account;
            },
            ct
        );

    /// <summary>Why an actor may not say who or what runs the installation; null for the command line.</summary>
    internal static Refusal? Against(Actor actor) =>
        actor is { Kind: ActorKind.Operator, Door: Door.CommandLine }
            ? null
            : Refusal.Forbidden("Only the command line of the server may do this.");

    /// <summary>The names that were given, oldest first.</summary>
    public async Task<IReadOnlyList<string>> ListAsync(CancellationToken ct)
    {
        await using var db = store.Read();
        return await db
            .Marks.AsNoTracking()
            .Where(m => m.Name.StartsWith(RecognizeOperator.MarkPrefix))
            .OrderBy(m => m.At)
            .Select(m => m.Value)
            .ToListAsync(ct);
    }
}
