using System.Globalization;
using UserManagement.Host.Web;
using UserManagement.Membership;
using UserManagement.Membership.Access;
using UserManagement.Membership.Outbox;

namespace UserManagement.Host.Verbs;

/// <summary>The verbs about what is to be sent.</summary>
internal static class OutboxVerbs
{
    public static Verb List { get; } =
        new(
            "outbox list",
            "",
            "Shows what waits to be sent, and what was given up",
            """
            A mail that cannot be sent is tried again for some nine hours and then given up; one that can never be sent is given up at
            once. Those given up are listed, newest first, with the reason of the last try. They are kept for Retention:DeadMessages days.

              usermanagement outbox list
              usermanagement outbox retry all
            """,
            0,
            [],
            async (call, ct) =>
            {
                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var read = await core.Act<ListOutbox>().RunAsync(Actor.Operator, ct);
                if (!read.Is(out var view, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                var due = view.OldestDue is { } since
                    ? string.Create(CultureInfo.InvariantCulture, $", the oldest due since {since:yyyy-MM-dd HH:mm} UTC")
                    : "";
                await call.Out.WriteLineAsync($"{view.Waiting} waiting{due}, {view.Dead} given up");
                foreach (var dead in view.Latest)
                {
                    await call.Out.WriteLineAsync(
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{dead.Id} {dead.DeadAt:yyyy-MM-dd HH:mm} {dead.Kind.ToString().PadRight(22)} {dead.Tries} tries: {LogLine.Clean(dead.LastError ?? "")}"
                        )
                    );
                }

                if (view.Latest.Count < view.Dead)
                {
                    await call.Out.WriteLineAsync($"... and {view.Dead - view.Latest.Count} more");
                }

                return Exit.Done;
            }
        );

    public static Verb Retry { get; } =
        new(
            "outbox retry",
            "ID|all",
            "Lets what was given up be sent after all",
            """
            Once the mail server is mended: each message is tried anew, as often as a new one. What is no longer wanted, such as the mail
            of an invitation that was revoked meanwhile, is not sent.

              usermanagement outbox retry all
              usermanagement outbox retry 0197fd5e-2f6b-7b1c-9d3e-51a4c0d2e6f7
            """,
            1,
            [],
            async (call, ct) =>
            {
                Id<OutboxMessage>? one = null;
                if (call.Operands[0] != "all")
                {
                    one = Id<OutboxMessage>.TryParse(call.Operands[0], out var id)
                        ? id
                        : throw new UsageException("outbox retry wants an id of `outbox list`, or all.");
                }

                await using var core = await OpenCore.OfAsync(call.Settings, ct);
                var retried = await core.Act<RetryMessages>().RunAsync(Actor.Operator, one, ct);
                if (!retried.Is(out var count, out var refusal))
                {
                    return await call.RefuseAsync(refusal);
                }

                await call.Out.WriteLineAsync($"{count} will be tried again.");
                return Exit.Done;
            }
        );
}
