// Long because every table and index of the product stands in it, and a reader looks for one by going through the list.
using Microsoft.EntityFrameworkCore;
using UserManagement.Membership.Access;
using UserManagement.Membership.Accounts;
using UserManagement.Membership.Accounts.Factors;
using UserManagement.Membership.Apps;
using UserManagement.Membership.Audit;
using UserManagement.Membership.AuditStreams;
using UserManagement.Membership.Connections;
using UserManagement.Membership.Domains;
using UserManagement.Membership.Groups;
using UserManagement.Membership.Invitations;
using UserManagement.Membership.Invitations.Imports;
using UserManagement.Membership.InviteLinks;
using UserManagement.Membership.Licensing;
using UserManagement.Membership.Members;
using UserManagement.Membership.Members.Terms;
using UserManagement.Membership.Outbox;
using UserManagement.Membership.Plans;
using UserManagement.Membership.Portals;
using UserManagement.Membership.Provisioning;
using UserManagement.Membership.Reviews;
using UserManagement.Membership.Rules;
using UserManagement.Membership.Undo;
using UserManagement.Membership.Webhooks;
using UserManagement.Membership.Workspaces;

namespace UserManagement.Membership.Data;

/// <summary>
/// Tables, keys and indexes. The workspace's id stands first in the key or the unique indexes of everything that
/// belongs to a workspace. Every index is there for a query that is named beside it. Where a table lies on a distributed database, and
/// what that asks of its keys: <c>Storage/Postgres/TablePlaces</c>.
/// </summary>
internal static class Maps
{
    /// <summary>An outbox message that is neither done nor given up, in the words that every statement about such uses.</summary>
    public const string OpenMessage = "done_at IS NULL AND dead_at IS NULL";

    private const string Living = "state <> 'Ended'";

    public static void Apply(ModelBuilder model)
    {
        model.Entity<Workspace>(e =>
        {
            e.ToTable("workspaces").HasKey(x => x.Id);
            e.HasIndex(x => x.Slug).IsUnique();
            e.Property(x => x.Slug).HasMaxLength(63);
            e.Property(x => x.Name).HasMaxLength(200);
            e.Property(x => x.Logo).HasMaxLength(60);
            e.Property(x => x.ConfigurationVersion).HasDefaultValue(1L).IsConcurrencyToken();
            e.HasIndex(x => x.BillingCustomer).IsUnique(); // whose plan follows what a customer pays for
            e.Property(x => x.BillingCustomer).HasMaxLength(100);
        });
        model.Entity<WorkspaceLogo>(e =>
        {
            e.ToTable("workspace_logos").HasKey(x => x.WorkspaceId);
            e.HasOne<Workspace>().WithOne().HasForeignKey<WorkspaceLogo>(x => x.WorkspaceId).OnDelete(DeleteBehavior.Cascade);
            e.Property(x => x.Name).HasMaxLength(60);
            e.Ignore(x => x.MediaType);
        });
        Plans(model);
        model.Entity<ScimCredential>(e =>
        {
            e.ToTable("scim_credentials").HasKey(x => new { x.WorkspaceId, x.Id });
            e.HasIndex(x => x.TokenHash).IsUnique(); // each SCIM request
        });
        model.Entity<ScimCredentialUse>().ToTable("scim_credential_uses").HasKey(x => new { x.WorkspaceId, x.CredentialId });
        Access(model);
        Members(model);
        Groups(model);
        Rules(model);
        model.Entity<Counter>(e =>
        {
            e.ToTable("tallies")
                .HasKey(x => new
                {
                    x.WorkspaceId,
                    x.Kind,
                    x.Key,
                    x.Shard,
                });
            e.HasIndex(x => x.WorkspaceId, "ix_tallies_waiting").HasFilter("waiting > 0"); // where people wait for a seat
            e.Property(x => x.Waiting).HasDefaultValue(0L); // an older build beside this one names none of these
            e.Property(x => x.InLine).HasDefaultValue(false);
            e.Property(x => x.GraceDays).HasDefaultValue(0L);
        });
        model.Entity<Invitation>(e =>
        {
            e.ToTable("invitations").HasKey(x => new { x.WorkspaceId, x.Id });
            // the hash stands first, for it is what a link is found by; with the workspace, for what is cut by workspace is unique by it
            e.HasIndex(x => new { x.LinkHash, x.WorkspaceId }).IsUnique(); // opening a copied link
            e.HasIndex(x => new { x.MailHash, x.WorkspaceId }).IsUnique(); // opening a mailed link
            e.HasIndex(x => new { x.WorkspaceId, x.MemberId }); // the invitation of a member
            e.HasIndex(x => new { x.WorkspaceId, x.CreatedAt }); // the mails of a day
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.Stored,
                x.Id,
            }); // the list of those that are open, however many are closed
            e.HasIndex(x => new { x.WorkspaceId, x.InviteLinkId }).HasFilter("invite_link_id IS NOT NULL"); // who joined by a link
            e.HasIndex(x => x.ClosedAt).HasFilter("closed_at IS NOT NULL"); // sweeping
            // sweeping the secrets of those that ran out
            e.HasIndex(x => x.ExpiresAt).HasFilter("closed_at IS NULL AND link_sealed IS NOT NULL");
            e.Property(x => x.UserName).HasMaxLength(Key.MaxLength);
        });
        Imports(model);
        WaysIn(model);
        Reviews(model);
        Provisioning(model);
        Undo(model);
        Concerns(model);
        Accounts(model);
        Connections(model);
        Apps(model);
        model.Entity<AuditEntry>(e =>
        {
            e.ToTable("audit_entries").HasKey(x => new { x.WorkspaceId, x.Id }); // the list, newest first: ids follow time
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.TargetId,
                x.Id,
            }); // what happened to one member
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.Act,
                x.Id,
            }); // the list of one kind of acts
            e.HasIndex(x => new { x.Id, x.WorkspaceId }); // what is new in all of them, for the sealer
            e.HasIndex(x => new
                {
                    x.WorkspaceId,
                    x.ActorId,
                    x.Id,
                })
                .HasFilter("actor_kind IN ('Member', 'Person')"); // what one person did, to erase their name
            e.HasIndex(
                    x => new
                    {
                        x.WorkspaceId,
                        x.ActorId,
                        x.Id,
                    },
                    "ix_audit_entries_portal_links"
                )
                .HasFilter("actor_kind = 'PortalLink'"); // what was done by one link, to erase its maker's name
        });
        model.Entity<AuditSegment>(e =>
        {
            e.ToTable("audit_segments").HasKey(x => new { x.WorkspaceId, x.First }); // the chain, and its end
            e.HasIndex(x => x.LastId); // which lines are sealed
        });
        model.Entity<AuditStream>().ToTable("audit_streams").HasKey(x => new { x.WorkspaceId, x.Id });
        model.Entity<AuditStreamPosition>().ToTable("audit_stream_positions").HasKey(x => new { x.WorkspaceId, x.StreamId });
        model.Entity<OutboxMessage>(e =>
        {
            e.ToTable("outbox_messages").HasKey(x => x.Id);
            // what is due, of all kinds: the list of what waits, and an older build
            e.HasIndex(x => new { x.DueAt, x.Id }).HasFilter(OpenMessage);
            // the oldest that waits of a subject: an older build
            e.HasIndex(x => new { x.Subject, x.Id }, "ix_outbox_messages_open_subject").HasFilter(OpenMessage);
            e.HasIndex(
                    x => new
                    {
                        x.Kind,
                        x.DueAt,
                        x.Id,
                    },
                    "ix_outbox_messages_open_kind"
                )
                .HasFilter(OpenMessage); // what is due of the kinds that are known
            e.HasIndex(
                    x => new
                    {
                        x.Subject,
                        x.Kind,
                        x.Id,
                    },
                    "ix_outbox_messages_open_subject_kind"
                )
                .HasFilter(OpenMessage); // the oldest that waits of a subject and kind
            e.HasIndex(x => new { x.Subject, x.Id }); // how often a subject was written to
            e.HasIndex(x => x.DoneAt).HasFilter("done_at IS NOT NULL"); // sweeping
            e.HasIndex(x => x.DeadAt).HasFilter("dead_at IS NOT NULL"); // the list of those given up, and sweeping
        });
        Webhooks(model);
        model.Entity<ProtectionKey>().ToTable("protection_keys").HasKey(x => x.Name);
        model.Entity<Mark>().ToTable("marks").HasKey(x => x.Name);
        foreach (var entity in model.Model.GetEntityTypes())
        {
            foreach (var property in entity.GetProperties())
            {
                property.SetColumnName(Conventions.Snake(property.Name));
            }

            foreach (var version in entity.GetProperties().Where(p => p.Name == "Version"))
            {
                version.IsConcurrencyToken = true;
            }
        }

        model.Entity<Counter>().Property(x => x.Shard).HasColumnName("slot"); // its name while earlier builds may serve beside this one
    }

    private static void Webhooks(ModelBuilder model)
    {
        model.Entity<Webhook>(e =>
        {
            e.ToTable("webhooks").HasKey(x => new { x.WorkspaceId, x.Id });
            e.Ignore(x => x.TypeList);
        });
        model.Entity<WorkspaceEvent>(e =>
        {
            e.ToTable("workspace_events").HasKey(x => new { x.WorkspaceId, x.Id }); // a replay of a span
            e.HasIndex(x => new { x.WorkspaceId, x.MemberId }).HasFilter("member_id IS NOT NULL"); // erasing a person
            e.HasIndex(x => x.At); // sweeping
        });
        model.Entity<WebhookDelivery>(e =>
        {
            e.ToTable("webhook_deliveries").HasKey(x => x.Id); // sending it
            // the log, newest first, and that of a state
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.WebhookId,
                x.Id,
            });
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.WebhookId,
                x.State,
                x.Id,
            });
            e.HasIndex(x => new { x.WorkspaceId, x.MemberId }).HasFilter("member_id IS NOT NULL"); // erasing a person
            e.HasIndex(x => x.CreatedAt); // sweeping
        });
        model.Entity<WebhookAttempt>(e =>
        {
            e.ToTable("webhook_attempts")
                .HasKey(x => new
                {
                    x.WorkspaceId,
                    x.DeliveryId,
                    x.Number,
                });
            e.HasIndex(x => new { x.WorkspaceId, x.MemberId }).HasFilter("member_id IS NOT NULL"); // erasing a person
            e.HasIndex(x => x.At); // sweeping
        });
    }

    private static void Imports(ModelBuilder model)
    {
        model.Entity<Members.Bulk.MemberChangeRun>(e =>
        {
            e.ToTable("member_change_runs").HasKey(x => new { x.WorkspaceId, x.Id });
            e.HasIndex(x => x.StartedAt); // sweeping
            e.HasIndex(x => new { x.WorkspaceId, x.ActorId }); // erasing the name of whoever started it
            e.Property(x => x.Change).HasMaxLength(200);
            e.Ignore(x => x.IsWorked).Ignore(x => x.Seen).Ignore(x => x.Standing);
        });
        model.Entity<InvitationImport>(e =>
        {
            e.ToTable("invitation_imports").HasKey(x => new { x.WorkspaceId, x.Id });
            e.HasIndex(x => x.CreatedAt); // sweeping
        });
        model.Entity<InvitationImportRow>(e =>
        {
            e.ToTable("invitation_import_rows")
                .HasKey(x => new
                {
                    x.WorkspaceId,
                    x.ImportId,
                    x.Line,
                });
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.ImportId,
                x.State,
                x.Line,
            }); // what waits, what was refused
            e.HasIndex(x => new { x.WorkspaceId, x.UserNameKey }); // erasing a person
            e.Property(x => x.UserNameKey).HasMaxLength(Key.MaxLength);
            e.Property(x => x.LastDay).HasMaxLength(InvitationImportRow.MostDay);
            e.HasOne<InvitationImport>().WithMany().HasForeignKey(x => new { x.WorkspaceId, x.ImportId }).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private static void Plans(ModelBuilder model)
    {
        model.Entity<MailCount>(e =>
        {
            e.ToTable("mail_counts").HasKey(x => new { x.WorkspaceId, x.Period });
            e.HasIndex(x => x.EndsAt); // sweeping
            e.Property(x => x.Period).HasMaxLength(10);
        });
        model.Entity<BillingSubscription>(e =>
        {
            e.ToTable("billing_subscriptions").HasKey(x => x.Id);
            e.HasIndex(x => x.Customer); // what a customer pays for
            e.Property(x => x.Id).HasMaxLength(100);
            e.Property(x => x.Customer).HasMaxLength(100);
        });
        model.Entity<BillingEvent>(e =>
        {
            e.ToTable("billing_events").HasKey(x => x.Id);
            e.HasIndex(x => x.TakenAt); // sweeping
            e.Property(x => x.Id).HasMaxLength(100);
        });
    }

    private static void WaysIn(ModelBuilder model)
    {
        model.Entity<InviteLink>(e =>
        {
            e.ToTable("invite_links").HasKey(x => new { x.WorkspaceId, x.Id });
            e.HasIndex(x => x.LinkHash).IsUnique(); // opening a link
            e.HasIndex(x => new { x.WorkspaceId, x.Role }).IsUnique().HasFilter("ended_at IS NULL"); // one that is live for each role
            e.Property(x => x.Role).HasMaxLength(40);
        });
        model.Entity<EmailDomain>(e =>
        {
            e.ToTable("email_domains").HasKey(x => new { x.WorkspaceId, x.Id });
            e.HasIndex(x => new { x.WorkspaceId, x.Name }).IsUnique(); // a domain is claimed once
            e.HasIndex(x => x.Name).HasFilter("verified_at IS NOT NULL"); // what an address opens
            e.Property(x => x.Name).HasMaxLength(253);
            e.Property(x => x.JoinRole).HasMaxLength(40);
        });
        model.Entity<JoinRequest>(e =>
        {
            e.ToTable("join_requests").HasKey(x => new { x.WorkspaceId, x.Id });
            e.HasIndex(x => new { x.ProofHash, x.WorkspaceId }).IsUnique(); // opening the mail that proves the address
            // one that waits for each name
            e.HasIndex(x => new { x.WorkspaceId, x.UserNameKey }).IsUnique().HasFilter("decided_at IS NULL");
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.State,
                x.Id,
            }); // the queue
            e.HasIndex(x => x.CreatedAt); // sweeping
            e.Property(x => x.UserName).HasMaxLength(Key.MaxLength);
            e.Property(x => x.UserNameKey).HasMaxLength(Key.MaxLength);
        });
    }

    private static void Reviews(ModelBuilder model)
    {
        model.Entity<AccessReview>(e =>
        {
            e.ToTable("access_reviews").HasKey(x => new { x.WorkspaceId, x.Id }); // the list, newest first
            e.HasIndex(x => x.WorkspaceId).IsUnique().HasFilter("finished_at IS NULL"); // one that is open
            e.Property(x => x.Role).HasMaxLength(40);
        });
        model.Entity<AccessDecision>(e =>
        {
            e.ToTable("access_decisions")
                .HasKey(x => new
                {
                    x.WorkspaceId,
                    x.ReviewId,
                    x.MemberId,
                }); // a page of a review, its record
            e.HasIndex(x => new { x.WorkspaceId, x.MemberId }); // erasing a person
            e.Property(x => x.Role).HasMaxLength(40);
            e.Property(x => x.License).HasMaxLength(40);
            e.Property(x => x.Marks).HasMaxLength(100);
        });
    }

    private static void Provisioning(ModelBuilder model)
    {
        model.Entity<ProvisioningLine>(e =>
        {
            e.ToTable("provisioning_lines").HasKey(x => new { x.WorkspaceId, x.Id }); // the log, newest first; what is too old
            e.HasIndex(x => new
                {
                    x.WorkspaceId,
                    x.Subject,
                    x.Id,
                })
                .HasFilter("subject IS NOT NULL"); // what was said about somebody
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.ClientId,
                x.Id,
            }); // of one client, of one cycle
            e.HasIndex(x => new { x.WorkspaceId, x.Id }, "ix_provisioning_lines_failed").HasFilter("failed"); // only what failed
            e.Property(x => x.Client).HasMaxLength(200);
            e.Property(x => x.UserAgent).HasMaxLength(200);
            e.Property(x => x.Method).HasMaxLength(32);
            e.Property(x => x.Path).HasMaxLength(1000);
            e.Property(x => x.TargetKind).HasMaxLength(16);
            e.Property(x => x.TargetName).HasMaxLength(200);
            e.Property(x => x.ScimType).HasMaxLength(32);
            e.Property(x => x.Code).HasMaxLength(64);
        });
        model.Entity<ProvisioningCycle>(e =>
        {
            e.ToTable("provisioning_cycles")
                .HasKey(x => new
                {
                    x.WorkspaceId,
                    x.ClientId,
                    x.Number,
                }); // the newest of a client
            e.HasIndex(x => new { x.WorkspaceId, x.Id }).IsUnique(); // the list, newest first; one by its id
            e.Property(x => x.Client).HasMaxLength(200);
            e.Ignore(x => x.Written);
        });
    }

    private static void Undo(ModelBuilder model)
    {
        model.Entity<Approvals.Approval>(e =>
        {
            e.ToTable("approvals").HasKey(x => new { x.WorkspaceId, x.Id }); // the list, newest first
            e.HasIndex(x => new
                {
                    x.WorkspaceId,
                    x.AskedById,
                    x.Act,
                    x.TargetId,
                    x.AskedAt,
                })
                .HasFilter("state IN ('Waiting', 'Approved')"); // what somebody asked for
            e.HasIndex(x => new { x.WorkspaceId, x.TargetId }); // erasing a person
            e.HasIndex(x => x.AskedAt); // sweeping
            e.Property(x => x.Version).IsConcurrencyToken();
        });
        model.Entity<CycleNote>(e =>
        {
            e.ToTable("cycle_notes").HasKey(x => new { x.WorkspaceId, x.Id }); // what is too old
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.TargetId,
                x.Id,
            }); // of one person or group; erasing a person
        });
        model.Entity<CycleUndo>(e =>
        {
            e.ToTable("cycle_undos").HasKey(x => new { x.WorkspaceId, x.Id });
            e.HasIndex(x => x.WorkspaceId).IsUnique().HasFilter("done_at IS NULL"); // one at a time
            e.Property(x => x.Client).HasMaxLength(200);
            e.Property(x => x.Version).IsConcurrencyToken();
            e.Ignore(x => x.Reason).Ignore(x => x.Span);
        });
        model.Entity<CycleUndoItem>(e =>
        {
            e.ToTable("cycle_undo_items")
                .HasKey(x => new
                {
                    x.WorkspaceId,
                    x.Id,
                    x.TargetId,
                });
            e.HasIndex(x => new
                {
                    x.WorkspaceId,
                    x.Id,
                    x.End,
                })
                .HasFilter("\"end\" IN ('Left', 'Partly', 'Again')"); // what is left
            e.HasIndex(x => new { x.WorkspaceId, x.TargetId }); // erasing a person
            e.Property(x => x.TargetName).HasMaxLength(200);
        });
    }

    private static void Concerns(ModelBuilder model)
    {
        model.Entity<Holds.DirectoryHold>(e =>
        {
            e.ToTable("directory_holds")
                .HasKey(x => new
                {
                    x.WorkspaceId,
                    x.ClientId,
                    x.About,
                }); // at each word that takes access away
            e.HasIndex(x => x.OpenSince).HasFilter("open_since IS NOT NULL"); // what is to be closed, and on what nobody decided in time
            e.Property(x => x.Client).HasMaxLength(Key.MaxLength);
            e.Property(x => x.Name).HasMaxLength(Key.MaxLength);
            e.Property(x => x.DecidedByName).HasMaxLength(Key.MaxLength);
            e.Property(x => x.Version).IsConcurrencyToken();
            e.Ignore(x => x.Decider);
        });
        model.Entity<DirectoryConcern>(e =>
        {
            e.ToTable("directory_concerns")
                .HasKey(x => new
                {
                    x.WorkspaceId,
                    x.Kind,
                    x.About,
                }); // what is amiss in one workspace
            e.Property(x => x.Name).HasMaxLength(Key.MaxLength);
            e.Ignore(x => x.Said).Ignore(x => x.Sentence).Ignore(x => x.Remedy).Ignore(x => x.IsUrgent);
        });
    }

    private static void Access(ModelBuilder model)
    {
        model.Entity<ApiKey>(e =>
        {
            e.ToTable("api_keys").HasKey(x => new { x.WorkspaceId, x.Id }); // the list, newest first
            e.HasIndex(x => x.KeyHash).IsUnique(); // each REST request
        });
        model.Entity<PortalLink>(e =>
        {
            e.ToTable("portal_links").HasKey(x => new { x.WorkspaceId, x.Id }); // the list, newest first
            e.HasIndex(x => x.TokenHash).IsUnique(); // opening a link
            e.HasIndex(x => x.Id).IsUnique(); // each request of its session
            e.HasIndex(x => x.ExpiresAt); // sweeping
            e.Property(x => x.Note).HasMaxLength(100);
            e.Ignore(x => x.Opens);
        });
        model.Entity<ApiKeyUse>().ToTable("api_key_uses").HasKey(x => new { x.WorkspaceId, x.KeyId });
        model.Entity<OnceCall>(e =>
        {
            e.ToTable("once_calls")
                .HasKey(x => new
                {
                    x.WorkspaceId,
                    x.CredentialId,
                    x.KeyHash,
                });
            e.HasIndex(x => x.ExpiresAt); // sweeping
        });
    }

    private static void Members(ModelBuilder model)
    {
        model.Entity<Member>(e =>
        {
            e.ToTable("members").HasKey(x => new { x.WorkspaceId, x.Id });
            e.HasIndex(x => new { x.WorkspaceId, x.UserNameKey }).IsUnique(); // SCIM userName, sign-in, invitation
            e.HasIndex(x => x.UserNameKey, "ix_members_invited_name").HasFilter("state = 'Invited'"); // one's own open invitations
            // the workspaces of an account; not unique: ended rows keep it
            e.HasIndex(x => new { x.AccountId, x.WorkspaceId }).HasFilter("account_id IS NOT NULL");
            // an account is one member of a workspace at most
            e.HasIndex(x => new { x.WorkspaceId, x.AccountId }).IsUnique().HasFilter("account_id IS NOT NULL AND " + Living);
            // who has ended is in none of these: a query must say state <> 'Ended' in these words to be served by them
            e.HasIndex(x => new { x.WorkspaceId, x.Id }).HasFilter(Living); // SCIM's pages, and what is looked at one by one
            e.HasIndex(x => new
                {
                    x.WorkspaceId,
                    x.SortKey,
                    x.Id,
                })
                .HasFilter(Living); // the list by name
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.State,
                x.SortKey,
                x.Id,
            }); // the list of a state
            e.HasIndex(x => new
                {
                    x.WorkspaceId,
                    x.Role,
                    x.SortKey,
                    x.Id,
                })
                .HasFilter(Living); // the list of a role
            e.HasIndex(x => new
                {
                    x.WorkspaceId,
                    x.HasSeat,
                    x.SortKey,
                    x.Id,
                })
                .HasFilter(Living); // the list of a seat filter
            e.HasIndex(x => new
                {
                    x.WorkspaceId,
                    x.License,
                    x.SortKey,
                    x.Id,
                })
                .HasFilter("license IS NOT NULL AND " + Living); // the list of a license
            e.HasIndex(x => new
                {
                    x.WorkspaceId,
                    x.JoinedAt,
                    x.Id,
                })
                .HasFilter(Living); // the list by when they joined; that by address has an index of a hand-written migration
            e.HasIndex(x => x.ModifiedAt).HasFilter("state = 'Ended'"); // sweeping
            e.HasIndex(x => new
                {
                    x.WorkspaceId,
                    x.WaitsSince,
                    x.Id,
                })
                .HasFilter("waits_since IS NOT NULL AND state = 'Active'"); // the line for a seat
            // what directories said and nobody carries out: their lists and counts, and what SCIM does not show
            e.HasIndex(x => new
                {
                    x.WorkspaceId,
                    x.HeldAs,
                    x.Id,
                })
                .HasFilter("held_as IS NOT NULL");
            e.HasIndex(x => new { x.WorkspaceId, x.MergedInto }).HasFilter("merged_into IS NOT NULL"); // who somebody was before
            e.Property(x => x.UserName).HasMaxLength(Key.MaxLength);
            e.Property(x => x.UserNameKey).HasMaxLength(Key.MaxLength);
            e.Property(x => x.SortKey).HasMaxLength(Key.MaxLength);
            e.Ignore(x => x.ShownName).Ignore(x => x.IsDirectoryManaged).Ignore(x => x.IsWaiting).Ignore(x => x.AwaitsDecision);
        });
        model.Entity<MemberKey>(e =>
        {
            e.ToTable("member_keys")
                .HasKey(x => new
                {
                    x.WorkspaceId,
                    x.Attribute,
                    x.Value,
                    x.MemberId,
                });
            e.HasIndex(x => new { x.WorkspaceId, x.MemberId }); // the keys of a member, to change them
            e.Property(x => x.Attribute).HasMaxLength(64);
        });
        model.Entity<Grant>(e =>
        {
            e.ToTable("grants")
                .HasKey(x => new
                {
                    x.WorkspaceId,
                    x.MemberId,
                    x.Kind,
                    x.Origin,
                    x.OriginId,
                });
            // whom a rule gives something; rows of other origins are not in it
            e.HasIndex(x => new
                {
                    x.WorkspaceId,
                    x.OriginId,
                    x.MemberId,
                })
                .HasFilter("origin = 'Group'");
        });
        model.Entity<AccountWorkspace>().ToTable("account_workspaces").HasKey(x => new { x.AccountId, x.WorkspaceId });
        model.Entity<MemberActivity>(e =>
        {
            e.ToTable("member_activities").HasKey(x => new { x.WorkspaceId, x.MemberId });
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.LastActiveAt,
                x.MemberId,
            }); // the list by last activity
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.LastSignInAt,
                x.MemberId,
            }); // the list by last sign-in
        });
        model.Entity<MemberTerm>(e =>
        {
            e.ToTable("member_terms").HasKey(x => new { x.WorkspaceId, x.MemberId });
            e.HasIndex(x => x.EndsAt).HasFilter("ended_at IS NULL"); // what ends, and what is to be reminded of
        });
    }

    private static void Groups(ModelBuilder model)
    {
        model.Entity<Group>(e =>
        {
            e.ToTable("groups").HasKey(x => new { x.WorkspaceId, x.Id });
            e.HasIndex(x => new { x.WorkspaceId, x.UniqueNameKey }).IsUnique(); // one name, one group
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.DisplayNameKey,
                x.Id,
            }); // SCIM displayName, the list by name
            e.HasIndex(x => new { x.WorkspaceId, x.ExternalId }); // SCIM externalId
            e.HasIndex(x => x.WorkspaceId, "ix_groups_seat_priority").HasFilter("seat_priority IS NOT NULL"); // who gets seats first
            e.Property(x => x.DisplayName).HasMaxLength(Key.MaxLength);
        });
        model.Entity<GroupMember>(e =>
        {
            e.ToTable("group_members")
                .HasKey(x => new
                {
                    x.WorkspaceId,
                    x.GroupId,
                    x.MemberId,
                });
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.MemberId,
                x.GroupId,
            }); // the groups of a member
            // nobody joins a group that is just being deleted
            e.HasOne<Group>().WithMany().HasForeignKey(x => new { x.WorkspaceId, x.GroupId }).OnDelete(DeleteBehavior.Cascade);
        });
    }

    private static void Rules(ModelBuilder model)
    {
        model.Entity<GroupRule>(e =>
        {
            e.ToTable("group_rules").HasKey(x => new { x.WorkspaceId, x.Id });
            e.Property(x => x.Name).HasMaxLength(Key.MaxLength);
            e.Property(x => x.Version).IsConcurrencyToken();
        });
        model.Entity<RuleRun>(e =>
        {
            e.ToTable("rule_runs").HasKey(x => x.WorkspaceId);
            e.Property(x => x.Version).IsConcurrencyToken();
        });
    }

    private static void Connections(ModelBuilder model)
    {
        model.Entity<IdentityConnection>(e =>
        {
            e.ToTable("identity_connections").HasKey(x => new { x.WorkspaceId, x.Id }); // the sign-in page of a workspace
            e.HasIndex(x => x.Id).IsUnique(); // the start and the return of a sign-in, and each request of its sessions
            e.Property(x => x.TrustsUserNames).HasDefaultValue(false); // an older build beside this one does not name it
            e.Property(x => x.SubjectIsExternalId).HasDefaultValue(false); // likewise, and what was there before says nothing of it
            e.Ignore(x => x.IsPlatform).Ignore(x => x.IsKnown).Ignore(x => x.TenantList).Ignore(x => x.DomainList);
        });
        model.Entity<Login>(e =>
        {
            e.ToTable("logins").HasKey(x => x.Id);
            e.HasIndex(x => new
                {
                    x.ConnectionId,
                    x.Issuer,
                    x.Subject,
                })
                .IsUnique(); // sign-in: the one way a login is found
            e.HasIndex(x => x.AccountId); // the logins of an account
        });
        model
            .Entity<FailedSignIn>()
            .ToTable("failed_sign_ins")
            .HasKey(x => new
            {
                x.ConnectionId,
                x.WorkspaceId,
                x.Slot,
            });
        model.Entity<ConnectionUse>().ToTable("connection_uses").HasKey(x => new { x.ConnectionId, x.WorkspaceId });
        model.Entity<SignInTest>(e =>
        {
            e.ToTable("sign_in_tests").HasKey(x => new { x.WorkspaceId, x.Id });
            e.HasIndex(x => new { x.WorkspaceId, x.EndsAt }); // proofs that hold still
            e.HasIndex(x => x.EndsAt); // sweeping
            e.Ignore(x => x.Draft).Ignore(x => x.Result);
        });
        model.Entity<SpentState>(e =>
        {
            e.ToTable("spent_states").HasKey(x => x.StateHash);
            e.HasIndex(x => x.ExpiresAt); // sweeping
        });
    }

    /// <summary>As OpenIddict's stores ask for it, with links that are columns of their own, and times like everywhere.</summary>
    private static void Apps(ModelBuilder model)
    {
        model.Entity<Client>(e =>
        {
            e.ToTable("oidc_clients").HasKey(x => x.Id);
            e.HasIndex(x => x.ClientId).IsUnique(); // each request of an app
            e.HasIndex(x => new { x.WorkspaceId, x.ClientId }); // the list of a workspace
            e.Property(x => x.ConcurrencyToken).HasMaxLength(50).IsConcurrencyToken();
            e.Property(x => x.ClientId).HasMaxLength(100);
            e.Property(x => x.Version).HasDefaultValue(0L); // rows of a build before this column
        });
        model.Entity<ClientUse>().ToTable("client_uses").HasKey(x => x.ClientId);
        model.Entity<AppGrant>(e =>
        {
            e.ToTable("oidc_grants").HasKey(x => x.Id);
            e.HasOne(x => x.Application)
                .WithMany(x => x.Authorizations)
                .HasForeignKey(x => x.ApplicationId)
                .OnDelete(DeleteBehavior.Cascade);
            e.HasIndex(x => new
            {
                x.ApplicationId,
                x.Status,
                x.Subject,
                x.Type,
            }); // what an app was given
            e.HasIndex(x => x.Subject); // all of one person's
            e.HasIndex(x => x.SessionId).HasFilter("session_id IS NOT NULL"); // what ends with a session
            // what ends when somebody leaves a workspace; consents
            e.HasIndex(x => new { x.AccountId, x.WorkspaceId }).HasFilter("account_id IS NOT NULL");
            e.HasIndex(x => x.CreationDate); // sweeping
            e.HasIndex(x => new { x.WorkspaceId, x.Id }, "ix_oidc_grants_standing").HasFilter(AppAccess.Standing); // a policy's review
            e.Property(x => x.ConcurrencyToken).HasMaxLength(50).IsConcurrencyToken();
        });
        model.Entity<AppScope>(e =>
        {
            e.ToTable("oidc_scopes").HasKey(x => x.Id);
            e.HasIndex(x => x.Name).IsUnique();
            e.Property(x => x.ConcurrencyToken).HasMaxLength(50).IsConcurrencyToken();
        });
        model.Entity<AppToken>(e =>
        {
            e.ToTable("oidc_tokens").HasKey(x => x.Id);
            e.HasOne(x => x.Application).WithMany(x => x.Tokens).HasForeignKey(x => x.ApplicationId).OnDelete(DeleteBehavior.Cascade);
            e.HasOne(x => x.Authorization).WithMany(x => x.Tokens).HasForeignKey(x => x.AuthorizationId).OnDelete(DeleteBehavior.Cascade);
            e.HasIndex(x => x.ReferenceId).IsUnique(); // each use of a code or refresh token
            e.HasIndex(x => new
            {
                x.ApplicationId,
                x.Status,
                x.Subject,
                x.Type,
            });
            e.HasIndex(x => x.AuthorizationId); // the family of a token
            e.HasIndex(x => x.Subject); // all of one person's
            e.HasIndex(x => x.ExpirationDate).HasFilter("expiration_date IS NOT NULL"); // sweeping
            e.Property(x => x.ConcurrencyToken).HasMaxLength(50).IsConcurrencyToken();
        });
        model.Entity<AppEnding>(e =>
        {
            e.ToTable("app_endings").HasKey(x => x.Id);
            e.HasIndex(x => new
            {
                x.WorkspaceId,
                x.AccountId,
                x.EndedAt,
            }); // the receipts of a person
            e.HasIndex(x => x.EndedAt); // sweeping
            e.Property(x => x.OfInstallation).HasDefaultValue(false); // rows of a build before this column
        });
        model.Entity<AppKey>().ToTable("oidc_keys").HasKey(x => x.Number);
        model.Entity<AppKey>().Property(x => x.Number).ValueGeneratedNever();
    }

    private static void Accounts(ModelBuilder model)
    {
        model.Entity<Account>(e =>
        {
            e.ToTable("accounts").HasKey(x => x.Id);
            e.HasIndex(x => x.ProvenEmailKey).IsUnique(); // one account for each proven address
        });
        model.Entity<LocalCredential>(e =>
        {
            e.ToTable("local_credentials").HasKey(x => x.AccountId);
            e.HasIndex(x => x.LoginKey).IsUnique(); // sign-in
        });
        model.Entity<OneTimeLink>(e =>
        {
            e.ToTable("one_time_links").HasKey(x => x.Id);
            e.HasIndex(x => x.SecretHash).IsUnique(); // opening the link
            e.HasIndex(x => x.AccountId); // making the others void
            e.HasIndex(x => x.ExpiresAt); // sweeping
        });
        model.Entity<Session>(e =>
        {
            e.ToTable("sessions").HasKey(x => x.Id);
            e.HasIndex(x => x.SecretHash).IsUnique(); // each request of a page
            e.HasIndex(x => x.AccountId); // the sessions of an account, to end them
            e.HasIndex(x => x.ExpiresAt); // sweeping
        });
        model.Entity<SessionEnd>().ToTable("session_ends").HasKey(x => new { x.WorkspaceId, x.AccountId });
        model.Entity<SecondFactor>(e =>
        {
            e.ToTable("second_factors").HasKey(x => x.AccountId); // each request of a page
            e.Ignore(x => x.HasTotp).Ignore(x => x.IsSetUp);
        });
        model.Entity<RecoveryCode>().ToTable("recovery_codes").HasKey(x => new { x.AccountId, x.CodeHash });
        model.Entity<Passkey>(e =>
        {
            e.ToTable("passkeys").HasKey(x => x.Id);
            e.HasIndex(x => x.CredentialId).IsUnique(); // signing in with it
            e.HasIndex(x => x.AccountId); // the passkeys of an account
            e.Property(x => x.SecondOnly).HasDefaultValue(false); // an older build beside this one does not name it
        });
    }
}
