// Written by `node scripts/write-graphql-types.mjs` from `graphql/`; do not edit.
import type { GraphQLResolveInfo, GraphQLScalarType, GraphQLScalarTypeConfig } from 'graphql';
import type { EndpointSource, EndpointConnectionSource, ModuleSource, ModuleConnectionSource, PackageSource, PackageConnectionSource, FunctionSource, FunctionConnectionSource, FunctionCallSource, FunctionCallConnectionSource, SettingSource, SettingConnectionSource, UserSource, UserConnectionSource, ApiKeySource, ApiKeyConnectionSource, BundleVersionSource, BundleVersionConnectionSource, EventSource, EventConnectionSource, AuditEntrySource, AuditEntryConnectionSource } from './sources.js';
import type { ManagementContext } from './context.js';
export type Maybe<T> = T | null;
export type InputMaybe<T> = Maybe<T>;
export type Omit<T, K extends keyof T> = Pick<T, Exclude<keyof T, K>>;
export type RequireFields<T, K extends keyof T> = Omit<T, K> & { [P in K]-?: NonNullable<T[P]> };
/** All built-in and custom scalars, mapped to their actual values */
export type Scalars = {
  ID: { input: string; output: string; }
  String: { input: string; output: string; }
  Boolean: { input: boolean; output: boolean; }
  Int: { input: number; output: number; }
  Float: { input: number; output: number; }
  /** Any JSON value. */
  JSON: { input: unknown; output: unknown; }
  /** A point in time, in UTC, as RFC 3339 writes it: `2026-11-21T10:20:30.000Z`. */
  DateTime: { input: Date; output: Date | string | number; }
  /** A whole number of any size; above 2^53 - 1 it is a string. */
  BigInt: { input: bigint; output: bigint | number; }
};

/** A key that calls as somebody, for as long as it is good. Its text is shown once. */
export type ApiKey = Node & {
  /** Global id. */
  id: Scalars['ID']['output'];
  /** The part of its text that is no secret. */
  keyId: Scalars['ID']['output'];
  /** What it is for, in its maker's words. */
  name: Scalars['String']['output'];
  /** Who calls with it. */
  userId: Scalars['String']['output'];
  /** What it may be. */
  roles: Array<Role>;
  /** The only functions that it may call or see; null for all that its roles may. */
  functions?: Maybe<Array<Scalars['String']['output']>>;
  /** When it was made. */
  createdAt: Scalars['DateTime']['output'];
  /** Who did that. */
  createdBy: Scalars['String']['output'];
  /** A minute late at most; null when it was never used. */
  lastUsedAt?: Maybe<Scalars['DateTime']['output']>;
  /** When it is over. */
  expiresAt: Scalars['DateTime']['output'];
};

/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type Endpoint = Node & {
  /** Keys that are good, the oldest first. */
  apiKeys: ApiKeyConnection;
  /** One key; null when there is none of that id, or it is over. */
  apiKey?: Maybe<ApiKey>;
  /** Versions that are active or can be again, by package, the active one first. */
  bundleVersions: BundleVersionConnection;
  /** What each instance that answers within half a second remembers of this endpoint. */
  cacheStats: Array<CacheStats>;
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Its name in paths. */
  endpointId: Scalars['ID']['output'];
  /** What it is for, in its makers' words. */
  description?: Maybe<Scalars['String']['output']>;
  /** When it was entered in the list of endpoints; null for one that was never entered. */
  createdAt?: Maybe<Scalars['DateTime']['output']>;
  /**
   * When `createEndpoint` or `updateEndpoint` wrote it last, for `ifUpdatedAt`; how its calls are recorded
   * can be changed by a command too, which is not seen here.
   */
  updatedAt?: Maybe<Scalars['DateTime']['output']>;
  /** Changes with every change of what is offered here. */
  catalogVersion: Scalars['String']['output'];
  /** How many functions are offered, by type. */
  functionCounts: FunctionCounts;
  /** How its calls are recorded. */
  recording: Recording;
  /** What is still kept of a user's events, the oldest first. */
  events: EventConnection;
  /** Who did, or was refused, what: the newest first. */
  auditEntries: AuditEntryConnection;
  /** What was called, the newest first. A page can be short and be followed by another one. */
  calls: FunctionCallConnection;
  /** One call; null when this endpoint has none of that id. */
  call?: Maybe<FunctionCall>;
  /** What agents can call, by type and name. */
  functions: FunctionConnection;
  /** One function; null when there is none of that type and key. */
  function?: Maybe<Function>;
  /** Whether a user with these roles may call a function; null when there is no such function. */
  explain?: Maybe<AccessDecision>;
  /** What is published, by name. */
  packages: PackageConnection;
  /** One package; null when there is none of that name. */
  package?: Maybe<Package>;
  /** The classes behind all functions, by module and class. */
  modules: ModuleConnection;
  /** One class; null when there is none of that name. */
  module?: Maybe<Module>;
  /** What classes receive, by setting id. */
  settings: SettingConnection;
  /** One setting; null when there is none of that id. */
  setting?: Maybe<Setting>;
  /** Who has an account here, by name. */
  users: UserConnection;
  /** One user; null when there is none of that name. */
  user?: Maybe<User>;
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointApiKeysArgs = {
  userId?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointApiKeyArgs = {
  keyId: Scalars['ID']['input'];
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointBundleVersionsArgs = {
  packageName?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointEventsArgs = {
  userId: Scalars['String']['input'];
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointAuditEntriesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  since?: InputMaybe<Scalars['DateTime']['input']>;
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointCallsArgs = {
  filter?: InputMaybe<FunctionCallFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointCallArgs = {
  callId: Scalars['ID']['input'];
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointFunctionsArgs = {
  filter?: InputMaybe<FunctionFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointFunctionArgs = {
  type: FunctionType;
  key: Scalars['String']['input'];
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointExplainArgs = {
  userId: Scalars['String']['input'];
  roles?: InputMaybe<Array<Role>>;
  type?: FunctionType;
  key: Scalars['String']['input'];
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointPackagesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointPackageArgs = {
  packageName: Scalars['String']['input'];
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointModulesArgs = {
  filter?: InputMaybe<ModuleFilter>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointModuleArgs = {
  moduleName: Scalars['String']['input'];
  className: Scalars['String']['input'];
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointSettingsArgs = {
  packageName?: InputMaybe<Scalars['String']['input']>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointSettingArgs = {
  settingId: Scalars['String']['input'];
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointUsersArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** A tenant: what is called under one path, by whom. Nothing of it is seen from another one. */
export type EndpointUserArgs = {
  username: Scalars['String']['input'];
};

/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type Mutation = {
  /** Makes a key. It can do no more than its maker. */
  createApiKey: CreateApiKeyPayload;
  /** Changes what a key is called. */
  updateApiKey: ApiKeyPayload;
  /** Ends a key for good, everywhere within 2 s. */
  revokeApiKey: RevokeApiKeyPayload;
  /** Announces a ZIP, and says where it is to be sent within 15 minutes. Then `processBundle`. */
  createBundleUpload: CreateBundleUploadPayload;
  /** Makes an uploaded bundle's functions callable, in place of the package's earlier version. */
  processBundle: PublishPayload;
  /**
   * Makes a bundle callable that is sent with the request, or puts another manifest before the code of an
   * active package: that becomes a version of its own.
   */
  loadConfiguration: PublishPayload;
  /** Makes a version active again that the package had before, with the settings of today. */
  promoteBundle: PublishPayload;
  /** Makes the version active that was before this one. */
  rollbackBundle: PublishPayload;
  /**
   * Forgets a version that is not active, and removes its ZIP, where the store does that; it can be promoted
   * no more in any case.
   */
  deleteBundleVersion: DeleteBundleVersionPayload;
  /**
   * Makes every instance that hears of it forget what it remembers of an endpoint, and what is made from it.
   * Nothing is lost: it is read again when it is needed, and calls that run end as they began.
   */
  purgeCache: PurgeCachePayload;
  /** Enters an endpoint in the list. It can be used without that too. */
  createEndpoint: EndpointPayload;
  /**
   * Changes what is said of an endpoint, and how its calls are recorded: that first, so it may be changed
   * where the rest is not, because somebody else was faster. Then it is to be read, and asked for again.
   */
  updateEndpoint: EndpointPayload;
  /**
   * Ends an endpoint: its bundles can no longer be called, its functions and settings are removed, all that
   * its users and keys were given is over. Tokens of another issuer are good for as long as that one says.
   * Records of calls and the audit stay until their time is over, also for a new endpoint of that name.
   */
  deleteEndpoint: DeleteEndpointPayload;
  /** Ends a call that runs, on whichever instance. */
  cancelCall: CancelCallPayload;
  /** Erases the record of a call that has ended, with what was said. The audit keeps that it was done. */
  deleteCall: DeleteCallPayload;
  /**
   * Defines a function by hand: a method of an active bundle under another name, or one that its manifest
   * does not name. It stays when its package gets another version, as long as that has the class. Without
   * it, nobody sees the function: it is back with the class, can be created anew, or given another class by
   * `updateFunction`.
   */
  createFunction: FunctionPayload;
  /**
   * Changes a function: of one that was defined by hand everything but its type and key, of a bundle's who
   * may call it and what is redacted, in place of its manifest.
   */
  updateFunction: FunctionPayload;
  /**
   * Removes a function that was defined by hand. A bundle's stays: what was changed about it is removed, so
   * it is as its manifest says, and switched on again.
   */
  deleteFunction: DeleteFunctionPayload;
  /** Switches a function off, for every client, or on again. */
  setFunctionStatus: FunctionPayload;
  /**
   * Takes a package off an endpoint, with its functions, modules and settings, and what was set for those.
   * Its versions stay in the store: the same bundle can be processed again.
   */
  deletePackage: DeletePackagePayload;
  /** Gives a class that receives an empty setting one with members. */
  createSetting: SettingPayload;
  /** Changes members of a setting: functions receive it within 2 s, running calls end with the old one. */
  updateSetting: SettingPayload;
  /** Empties a setting: its classes receive one without members. */
  deleteSetting: SettingPayload;
  /**
   * Adds one who signs in by password. A name that begins with `operator:` is an operator's of the whole
   * gateway, and only operators add those.
   */
  createUser: UserPayload;
  /**
   * Changes what a user may be, or whether they may come at all. What they were given with other roles is
   * over within 2 s. One whom another issuer vouches for has no roles here; they can be disabled, also
   * before anything was done to them, and enabled again.
   */
  updateUser: UserPayload;
  /** Sets the password of one who was added: all that the user was given is over within 2 s. */
  setUserPassword: UserPayload;
  /** Ends all that a user was given within 2 s; they can sign in again. */
  revokeUser: UserPayload;
  /**
   * Removes an account for good: nobody signs in with it, and all that it was given is over. One whom
   * another issuer vouches for stays refused, until `updateUser` enables them.
   */
  deleteUser: DeleteUserPayload;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationCreateApiKeyArgs = {
  input: CreateApiKeyInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationUpdateApiKeyArgs = {
  input: UpdateApiKeyInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationRevokeApiKeyArgs = {
  input: RevokeApiKeyInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationCreateBundleUploadArgs = {
  input: CreateBundleUploadInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationProcessBundleArgs = {
  input: ProcessBundleInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationLoadConfigurationArgs = {
  input: LoadConfigurationInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationPromoteBundleArgs = {
  input: PromoteBundleInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationRollbackBundleArgs = {
  input: RollbackBundleInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationDeleteBundleVersionArgs = {
  input: DeleteBundleVersionInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationPurgeCacheArgs = {
  input: PurgeCacheInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationCreateEndpointArgs = {
  input: CreateEndpointInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationUpdateEndpointArgs = {
  input: UpdateEndpointInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationDeleteEndpointArgs = {
  input: DeleteEndpointInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationCancelCallArgs = {
  input: CancelCallInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationDeleteCallArgs = {
  input: DeleteCallInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationCreateFunctionArgs = {
  input: CreateFunctionInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationUpdateFunctionArgs = {
  input: UpdateFunctionInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationDeleteFunctionArgs = {
  input: DeleteFunctionInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationSetFunctionStatusArgs = {
  input: SetFunctionStatusInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationDeletePackageArgs = {
  input: DeletePackageInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationCreateSettingArgs = {
  input: CreateSettingInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationUpdateSettingArgs = {
  input: UpdateSettingInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationDeleteSettingArgs = {
  input: DeleteSettingInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationCreateUserArgs = {
  input: CreateUserInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationUpdateUserArgs = {
  input: UpdateUserInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationSetUserPasswordArgs = {
  input: SetUserPasswordInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationRevokeUserArgs = {
  input: RevokeUserInput;
};


/**
 * Everything that can be changed. Each takes one `input` and says in `userErrors` why nothing was done.
 * A mutation with an `idempotencyKey` that the same caller has used within a day is not done again: its
 * first payload is the answer, without secrets.
 */
export type MutationDeleteUserArgs = {
  input: DeleteUserInput;
};

/** Of a new key. */
export type CreateApiKeyInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** What it is for; 1 to 64 characters. */
  name: Scalars['String']['input'];
  /** Who calls with it. Default: one of the key's own. */
  userId?: InputMaybe<Scalars['String']['input']>;
  /** No more than its maker's. Default CALLER. */
  roles?: InputMaybe<Array<Role>>;
  /** The only functions that it may call or see, like `tool:weather_*`. */
  functions?: InputMaybe<Array<Scalars['String']['input']>>;
  /** 1 to 366. */
  days?: InputMaybe<Scalars['Int']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** What is left out stays as it is. */
export type UpdateApiKeyInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** Its id. */
  keyId: Scalars['ID']['input'];
  /** What it is for; 1 to 64 characters. */
  name: Scalars['String']['input'];
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Which key is over. */
export type RevokeApiKeyInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** Its id. */
  keyId: Scalars['ID']['input'];
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A new key. */
export type CreateApiKeyPayload = {
  /** Null where nothing was done. */
  apiKey?: Maybe<ApiKey>;
  /** The key itself, shown this once; null where an idempotency key was used again. */
  text?: Maybe<Scalars['String']['output']>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** The key as it is now. */
export type ApiKeyPayload = {
  /** Null where nothing was done. */
  apiKey?: Maybe<ApiKey>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** What is over. */
export type RevokeApiKeyPayload = {
  /** Its id; null where nothing was done. */
  revokedKeyId?: Maybe<Scalars['ID']['output']>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** A page of keys. */
export type ApiKeyConnection = {
  /** With cursors. */
  edges: Array<ApiKeyEdge>;
  /** Without cursors. */
  nodes: Array<ApiKey>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** On all pages; they are in memory. */
  totalCount: Scalars['Int']['output'];
};

/** A key in a page. */
export type ApiKeyEdge = {
  /** For `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The key. */
  node: ApiKey;
};

/** A version of a package: one ZIP, named by its SHA-256, that never changes. */
export type BundleVersion = Node & {
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Of its ZIP, in hex. */
  sha256: Scalars['String']['output'];
  /** The package that it is a version of. */
  package: Package;
  /** True for the one that answers calls now. */
  isActive: Scalars['Boolean']['output'];
  /** How many functions it declares, by type; null where the store has that version no longer. */
  functionCounts?: Maybe<FunctionCounts>;
};

/** What is to be uploaded. */
export type CreateBundleUploadInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** Of the ZIP. */
  sizeBytes: Scalars['BigInt']['input'];
  /** Of the ZIP, in hex. */
  sha256: Scalars['String']['input'];
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Where a ZIP is to be sent. */
export type CreateBundleUploadPayload = {
  /** What `processBundle` takes; null where nothing was done. */
  uploadId?: Maybe<Scalars['ID']['output']>;
  /** How it is to be sent. */
  target?: Maybe<UploadTarget>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** How a ZIP is to be sent: one request, with the ZIP as its body. */
export type UploadTarget = {
  /** PUT. */
  method: Scalars['String']['output'];
  /** Absolute, or a path of this gateway. */
  url: Scalars['String']['output'];
  /** All of them have to be sent; one of this gateway needs the caller's `Authorization` too. */
  headers: Array<HttpHeader>;
  /** Until then. */
  expiresAt: Scalars['DateTime']['output'];
};

/** A header of a request. */
export type HttpHeader = {
  /** Its name. */
  name: Scalars['String']['output'];
  /** Its value. */
  value: Scalars['String']['output'];
};

/** Fills a `${NAME}` in the settings of a manifest. */
export type VariableInput = {
  /** What stands between the braces. */
  name: Scalars['String']['input'];
  /** What is put there; it is sealed, and never shown. */
  value: Scalars['String']['input'];
};

/** Which upload. */
export type ProcessBundleInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** As `createBundleUpload` said. */
  uploadId: Scalars['ID']['input'];
  /** Default: none. */
  variables?: InputMaybe<Array<VariableInput>>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Either `zip`, or `packageName` and `manifest`. */
export type LoadConfigurationInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** A ZIP of at most 4 MiB in base64. */
  zip?: InputMaybe<Scalars['String']['input']>;
  /** An active package, whose code stays. */
  packageName?: InputMaybe<Scalars['String']['input']>;
  /** What its `mcp_configuration.json` is to be. */
  manifest?: InputMaybe<Scalars['JSON']['input']>;
  /** Default: none. */
  variables?: InputMaybe<Array<VariableInput>>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Which version. */
export type PromoteBundleInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** The package. */
  packageName: Scalars['String']['input'];
  /** Of its ZIP, in hex. */
  sha256: Scalars['String']['input'];
  /** Nothing is done when it was changed since. */
  ifUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Which package. */
export type RollbackBundleInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** The package. */
  packageName: Scalars['String']['input'];
  /** Nothing is done when it was changed since. */
  ifUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Which version is to go. */
export type DeleteBundleVersionInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** The package. */
  packageName: Scalars['String']['input'];
  /** Of its ZIP, in hex. */
  sha256: Scalars['String']['input'];
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** What is active now. */
export type PublishPayload = {
  /** Null where nothing was done. */
  version?: Maybe<BundleVersion>;
  /** False when this version with these settings was active already. */
  isChanged: Scalars['Boolean']['output'];
  /** What works but may surprise, one sentence each. */
  warnings: Array<Scalars['String']['output']>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** What is gone. */
export type DeleteBundleVersionPayload = {
  /** Its hash; null where nothing was done. */
  deletedSha256?: Maybe<Scalars['String']['output']>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** A page of versions. */
export type BundleVersionConnection = {
  /** With cursors. */
  edges: Array<BundleVersionEdge>;
  /** Without cursors. */
  nodes: Array<BundleVersion>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** On all pages; they are in memory. */
  totalCount: Scalars['Int']['output'];
};

/** A version in a page. */
export type BundleVersionEdge = {
  /** For `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The version. */
  node: BundleVersion;
};

/** What one instance of the gateway remembers of an endpoint. */
export type CacheStats = {
  /** The instance; it has another one after each start. */
  instanceId: Scalars['ID']['output'];
  /** What it remembers, by kind. */
  entries: Array<CacheEntries>;
};

/** What is remembered of one kind. */
export type CacheEntries = {
  /** What it is. */
  kind: CacheKind;
  /** How many of them. */
  count: Scalars['Int']['output'];
};

/** What an instance remembers, in the order in which one is made from the other. */
export type CacheKind =
  /** What classes receive. */
  | 'SETTING'
  /** Classes of bundles. */
  | 'MODULE'
  /** What can be called. */
  | 'FUNCTION'
  /** Bundles on disk; those that are in use, or were within the last minutes, stay there when it is purged. */
  | 'BUNDLE'
  /** Threads and processes that run code. */
  | 'WORKER'
  /** What an endpoint offers, as one object. */
  | 'SNAPSHOT'
  /** Pages that clients go through. */
  | 'LIST';

/** What is to be forgotten. */
export type PurgeCacheInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** What, and with it all that is made from it. */
  scope?: CacheKind;
  /**
   * Only of this one; default: all. Of SETTING it is an id, of BUNDLE the name of a package, of MODULE,
   * FUNCTION and WORKER that of a module; SNAPSHOT and LIST are forgotten whole, and take none.
   */
  key?: InputMaybe<Scalars['String']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** What was forgotten. */
export type PurgeCachePayload = {
  /**
   * By each instance that answered within half a second. One that is not named answered later, or did not
   * hear of it and has forgotten nothing: then it is to be purged again.
   */
  purged: Array<CacheStats>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** How many functions there are. */
export type FunctionCounts = {
  /** Tools that can be called. */
  tools: Scalars['Int']['output'];
  /** Resources with an own URI. */
  resources: Scalars['Int']['output'];
  /** Resources by URI template. */
  resourceTemplates: Scalars['Int']['output'];
  /** Prompts. */
  prompts: Scalars['Int']['output'];
  /** Of whichever type, switched off: they are not in the other counts. */
  disabled: Scalars['Int']['output'];
};

/** How the calls of an endpoint are recorded. */
export type Recording = {
  /** Partitions over which they are spread; may only grow, to 256. */
  callShards: Scalars['Int']['output'];
  /** JSON pointers into the arguments of every function, of what no record may hold. */
  redact: Array<Scalars['String']['output']>;
};

/** A page of endpoints. */
export type EndpointConnection = {
  /** With cursors. */
  edges: Array<EndpointEdge>;
  /** Without cursors. */
  nodes: Array<Endpoint>;
  /** Where the page lies. */
  pageInfo: PageInfo;
};

/** An endpoint in a page. */
export type EndpointEdge = {
  /** For `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The endpoint. */
  node: Endpoint;
};

/** Everything that can be looked at. */
export type Query = {
  /** One endpoint with all that is in it. */
  endpoint: Endpoint;
  /** The endpoints that were entered in the list, by name: by `createEndpoint`, or by their first bundle. */
  endpoints: EndpointConnection;
  /** Who asks, and what they may do. */
  viewer: Viewer;
  /** The object of a global id; null when there is none at an endpoint that its caller may see. */
  node?: Maybe<Node>;
  /** Operators of the whole gateway, by name. */
  operators: UserConnection;
};


/** Everything that can be looked at. */
export type QueryEndpointArgs = {
  endpointId?: InputMaybe<Scalars['ID']['input']>;
};


/** Everything that can be looked at. */
export type QueryEndpointsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** Everything that can be looked at. */
export type QueryNodeArgs = {
  id: Scalars['ID']['input'];
};


/** Everything that can be looked at. */
export type QueryOperatorsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};

/** Of a new endpoint. */
export type CreateEndpointInput = {
  /** 1 to 63 of a-z, 0-9, - and _, beginning with a letter or digit. */
  endpointId: Scalars['ID']['input'];
  /** At most 500 characters. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** What is left out stays as it is. */
export type UpdateEndpointInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** At most 500 characters. */
  description?: InputMaybe<Scalars['String']['input']>;
  /** 1 to 256, and no fewer than there are. */
  callShards?: InputMaybe<Scalars['Int']['input']>;
  /** JSON pointers, at most 100. */
  redact?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Nothing is done when it was changed since. */
  ifUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Which endpoint is to end. */
export type DeleteEndpointInput = {
  /** Its name. */
  endpointId: Scalars['ID']['input'];
  /** Its name once more. */
  confirm: Scalars['ID']['input'];
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** The endpoint as it is now. */
export type EndpointPayload = {
  /** Null where nothing was done. */
  endpoint?: Maybe<Endpoint>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** What is gone with an endpoint. */
export type DeleteEndpointPayload = {
  /** Its name; null where nothing was done. */
  deletedEndpointId?: Maybe<Scalars['ID']['output']>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** What a user's clients are told as it happens, kept for a while. */
export type Event = {
  /** Like `call.completed`; each has a JSON Schema in `user-event.schema.json`. */
  type: Scalars['String']['output'];
  /** When it happened. */
  time: Scalars['DateTime']['output'];
  /** The call that it is about; null for others. */
  callId?: Maybe<Scalars['ID']['output']>;
  /** All of it. */
  data: Scalars['JSON']['output'];
};

/** A page of a user's events, the oldest first. */
export type EventConnection = {
  /** With cursors. */
  edges: Array<EventEdge>;
  /** Without cursors. */
  nodes: Array<Event>;
  /** Where the page lies. */
  pageInfo: PageInfo;
};

/** An event in a page. */
export type EventEdge = {
  /** For `after`. */
  cursor: Scalars['String']['output'];
  /** The event. */
  node: Event;
};

/** One row of the audit. */
export type AuditEntry = {
  /** Rises with time. */
  id: Scalars['ID']['output'];
  /** Who it was. */
  actor: Scalars['String']['output'];
  /** Noun and verb, like `user.disabled`. */
  action: Scalars['String']['output'];
  /** What it was done to. */
  target?: Maybe<Scalars['String']['output']>;
  /** Where the client came from. */
  address?: Maybe<Scalars['String']['output']>;
  /** How often, within the minute that began then. */
  count: Scalars['Int']['output'];
  /** When it was. */
  createdAt: Scalars['DateTime']['output'];
  /** More about it. */
  detail?: Maybe<Scalars['JSON']['output']>;
  /** What was. */
  before?: Maybe<Scalars['JSON']['output']>;
  /** What is. */
  after?: Maybe<Scalars['JSON']['output']>;
};

/** A page of the audit. */
export type AuditEntryConnection = {
  /** With cursors. */
  edges: Array<AuditEntryEdge>;
  /** Without cursors. */
  nodes: Array<AuditEntry>;
  /** Where the page lies. */
  pageInfo: PageInfo;
};

/** A row in a page. */
export type AuditEntryEdge = {
  /** For `after`. */
  cursor: Scalars['String']['output'];
  /** The row. */
  node: AuditEntry;
};

/**
 * What is told as it happens, over server-sent events. Each event says a cursor, from which a subscription
 * to the same, of the same endpoint and user, goes on after it was cut off. The log of events keeps them for a
 * while: one that comes back later is told a gap, also where in fact nothing has happened since.
 */
export type Subscription = {
  /** What an endpoint offers has changed. */
  catalogChanged: CatalogChangedEvent;
  /** What a user's clients are told. */
  userEvent: UserEventEvent;
  /** Calls of an endpoint as they end, once they are recorded. */
  callRecorded: CallRecordedEvent;
};


/**
 * What is told as it happens, over server-sent events. Each event says a cursor, from which a subscription
 * to the same, of the same endpoint and user, goes on after it was cut off. The log of events keeps them for a
 * while: one that comes back later is told a gap, also where in fact nothing has happened since.
 */
export type SubscriptionCatalogChangedArgs = {
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/**
 * What is told as it happens, over server-sent events. Each event says a cursor, from which a subscription
 * to the same, of the same endpoint and user, goes on after it was cut off. The log of events keeps them for a
 * while: one that comes back later is told a gap, also where in fact nothing has happened since.
 */
export type SubscriptionUserEventArgs = {
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  userId?: InputMaybe<Scalars['String']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};


/**
 * What is told as it happens, over server-sent events. Each event says a cursor, from which a subscription
 * to the same, of the same endpoint and user, goes on after it was cut off. The log of events keeps them for a
 * while: one that comes back later is told a gap, also where in fact nothing has happened since.
 */
export type SubscriptionCallRecordedArgs = {
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  name?: InputMaybe<Scalars['String']['input']>;
  userId?: InputMaybe<Scalars['String']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
};

/** What an endpoint offers has changed. */
export type CatalogChangedEvent = {
  /** For `after`. */
  cursor: Scalars['String']['output'];
  /** True when events before this one are lost. */
  isGap: Scalars['Boolean']['output'];
  /** Which list: tools, resources or prompts; null for a gap. */
  list?: Maybe<Scalars['String']['output']>;
  /** The endpoint as it is now. */
  endpoint: Endpoint;
};

/** What a user's clients were told. */
export type UserEventEvent = {
  /** For `after`. */
  cursor: Scalars['String']['output'];
  /** What it is; of type `gap` when events before this one are lost. */
  event: Event;
};

/** One execution of a function. */
export type FunctionCall = Node & {
  /** Global id. */
  id: Scalars['ID']['output'];
  /** As answers, events and `mcp://function-call/{callId}` name it. */
  callId: Scalars['ID']['output'];
  /** How it stands. */
  status: FunctionCallStatus;
  /** What was called, as a client knows it. */
  type: FunctionType;
  /** A tool's or prompt's name, a resource's URI. */
  name: Scalars['String']['output'];
  /** What was called, as it is now; null when the endpoint no longer has it. */
  function?: Maybe<Function>;
  /** The class that answered, as it is now; null when the endpoint no longer has it. */
  module?: Maybe<Module>;
  /** Who called. */
  userId: Scalars['String']['output'];
  /** From where: the MCP session. */
  sessionId?: Maybe<Scalars['String']['output']>;
  /** Calls that are rounds of one conversation have the same. */
  conversationId?: Maybe<Scalars['String']['output']>;
  /** The distributed trace that it belongs to. */
  traceId?: Maybe<Scalars['String']['output']>;
  /** The version of the bundle that answered. */
  bundleSha256: Scalars['String']['output'];
  /** The MCP revision that was spoken. */
  protocolVersion: Scalars['String']['output'];
  /** When it began. */
  createdAt: Scalars['DateTime']['output'];
  /** When it ended; while it runs, when that was written down. */
  updatedAt: Scalars['DateTime']['output'];
  /** From start to end, in milliseconds. */
  durationMs: Scalars['Float']['output'];
  /**
   * What it was called with, without what is redacted. One answer holds 16 MiB of what was said: of calls
   * beyond that it is null, with an error `RESULT_TOO_LARGE`; ask for each by `call(callId)`.
   */
  arguments?: Maybe<Scalars['JSON']['output']>;
  /** What the client was answered; null where it ended without a result. As large as `arguments` may be. */
  content?: Maybe<Scalars['JSON']['output']>;
  /** Why it did not complete. */
  error?: Maybe<FunctionCallError>;
};

/** Why a call did not complete. */
export type FunctionCallError = {
  /** What programs branch on. */
  code: Scalars['String']['output'];
  /** For people. */
  message: Scalars['String']['output'];
};

/** How a call stands. */
export type FunctionCallStatus =
  /** It runs. */
  | 'IN_PROCESS'
  /** It was answered. */
  | 'COMPLETED'
  /** It was answered by an error. */
  | 'FAILED'
  /** Its client, or an admin, has ended it. */
  | 'CANCELLED'
  /** Its time was over. */
  | 'TIMED_OUT'
  /** It ended with questions to the client; another round may follow. */
  | 'INPUT_REQUIRED';

/** Which calls; all of what is given has to fit. */
export type FunctionCallFilter = {
  /** Of a function of this type. */
  type?: InputMaybe<FunctionType>;
  /** Of a function of this name or URI; with `type`. */
  name?: InputMaybe<Scalars['String']['input']>;
  /** By this user. */
  userId?: InputMaybe<Scalars['String']['input']>;
  /** That stand so. */
  status?: InputMaybe<FunctionCallStatus>;
  /** That began then or later. */
  from?: InputMaybe<Scalars['DateTime']['input']>;
  /** That began before. */
  to?: InputMaybe<Scalars['DateTime']['input']>;
};

/** Which call is to end. */
export type CancelCallInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** As answers and events name it. */
  callId: Scalars['ID']['input'];
  /** Why, for its client; at most 200 characters. */
  reason?: InputMaybe<Scalars['String']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Which call is to be forgotten. */
export type DeleteCallInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** As answers and events name it. */
  callId: Scalars['ID']['input'];
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Whether a call ends. */
export type CancelCallPayload = {
  /** The call as it stands; null where no instance runs it, or it is not yet recorded. */
  call?: Maybe<FunctionCall>;
  /** True when an instance that ran it was found, and ends it. */
  isCancelled: Scalars['Boolean']['output'];
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** What is gone. */
export type DeleteCallPayload = {
  /** Its id; null where nothing was done. */
  deletedCallId?: Maybe<Scalars['ID']['output']>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** A call has ended and is recorded. */
export type CallRecordedEvent = {
  /** For `after`. */
  cursor: Scalars['String']['output'];
  /** True when events before this one are lost: the history has them. Then there is no call. */
  isGap: Scalars['Boolean']['output'];
  /** The call. */
  call?: Maybe<FunctionCall>;
};

/** A page of calls. */
export type FunctionCallConnection = {
  /** With cursors. */
  edges: Array<FunctionCallEdge>;
  /** Without cursors. */
  nodes: Array<FunctionCall>;
  /** Where the page lies. */
  pageInfo: PageInfo;
};

/** A call in a page. */
export type FunctionCallEdge = {
  /** For `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The call. */
  node: FunctionCall;
};

/** A tool, resource, resource template or prompt: what agents see and call. */
export type Function = Node & {
  /** Global id. */
  id: Scalars['ID']['output'];
  /** What it is to a client. */
  type: FunctionType;
  /** Unique among tools, and among prompts; of a resource its title. */
  name: Scalars['String']['output'];
  /** Of a resource, or the URI template; null for tools and prompts. */
  uri?: Maybe<Scalars['String']['output']>;
  /** What clients read about it. */
  description?: Maybe<Scalars['String']['output']>;
  /** What the protocol shows of it, verbatim. */
  data: Scalars['JSON']['output'];
  /** Whether it is there for clients. */
  status: FunctionStatus;
  /** Who says that it is there. */
  origin: FunctionOrigin;
  /** The class that answers. */
  module: Module;
  /** The method of that class. */
  methodName: Scalars['String']['output'];
  /** True when a call goes on in the background, and its caller gets a handle at once. */
  isAsync: Scalars['Boolean']['output'];
  /** Who may call it. */
  access: FunctionAccess;
  /** JSON pointers into its arguments, of what no record may hold. */
  redact: Array<Scalars['String']['output']>;
  /** Its calls, the newest first. */
  calls: FunctionCallConnection;
  /** How its calls have gone. */
  statistics: FunctionStatistics;
  /** When its version became active, or an operator changed it, for `ifUpdatedAt`. */
  updatedAt: Scalars['DateTime']['output'];
  /** Who did that. */
  updatedBy: Scalars['String']['output'];
};


/** A tool, resource, resource template or prompt: what agents see and call. */
export type FunctionCallsArgs = {
  status?: InputMaybe<FunctionCallStatus>;
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** A tool, resource, resource template or prompt: what agents see and call. */
export type FunctionStatisticsArgs = {
  windowMinutes?: InputMaybe<Scalars['Int']['input']>;
};

/** What a function is to a client. */
export type FunctionType =
  /** Called by models. */
  | 'TOOL'
  /** Read by its URI. */
  | 'RESOURCE'
  /** Read by any URI that fits its template. */
  | 'RESOURCE_TEMPLATE'
  /** Chosen by users. */
  | 'PROMPT';

/** Whether a function is there for clients. */
export type FunctionStatus =
  /** Listed, and can be called. */
  | 'ACTIVE'
  /** Unknown to every client. */
  | 'DISABLED';

/** Who says that a function is there. */
export type FunctionOrigin =
  /** The manifest of its bundle. */
  | 'BUNDLE'
  /** An operator, by `createFunction`. */
  | 'OPERATOR';

/** Who may call a function. A rule is `role:NAME`, `user:GLOB` or `key:GLOB`. */
export type FunctionAccess = {
  /** Only whom one of these fits may; null where everybody may who has the right. */
  allow?: Maybe<Array<Scalars['String']['output']>>;
  /** Whom one of these fits may not. */
  deny: Array<Scalars['String']['output']>;
  /** Whose word that is; null where there are no rules. */
  source?: Maybe<FunctionOrigin>;
};

/** How the calls of a function went within a window. */
export type FunctionStatistics = {
  /** When the window begins. */
  from: Scalars['DateTime']['output'];
  /** When it ends. */
  to: Scalars['DateTime']['output'];
  /** Calls that began in it. */
  count: Scalars['Int']['output'];
  /** Those that failed or ran out of time. */
  failures: Scalars['Int']['output'];
  /** Half of those that ended took no longer, in milliseconds; null where none ended. */
  p50Ms?: Maybe<Scalars['Float']['output']>;
  /** Nineteen of twenty took no longer. */
  p95Ms?: Maybe<Scalars['Float']['output']>;
  /** False when there were more calls than are looked at: then it is about the newest of them. */
  isComplete: Scalars['Boolean']['output'];
};

/** Whether somebody may call a function, and why. */
export type AccessDecision = {
  /** Whether they may. */
  isAllowed: Scalars['Boolean']['output'];
  /** The rule, role or state that decides. */
  because: Scalars['String']['output'];
  /** What that means, for people. */
  explanation: Scalars['String']['output'];
};

/** Which functions; all of what is given has to fit. */
export type FunctionFilter = {
  /** Of this type. */
  type?: InputMaybe<FunctionType>;
  /** Of this package. */
  packageName?: InputMaybe<Scalars['String']['input']>;
  /** Of this module. */
  moduleName?: InputMaybe<Scalars['String']['input']>;
  /** That stand so. */
  status?: InputMaybe<FunctionStatus>;
  /** That have this in name, title, URI or description, in whichever case. */
  text?: InputMaybe<Scalars['String']['input']>;
};

/** Of a function that is defined by hand. */
export type CreateFunctionInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** What it is to a client. */
  type: FunctionType;
  /** What the protocol shows: `name`, `description`, `inputSchema` …, as a manifest says it. */
  data: Scalars['JSON']['input'];
  /** Of an active bundle. */
  moduleName: Scalars['String']['input'];
  /** Of that module. */
  className: Scalars['String']['input'];
  /** The method that answers. */
  methodName: Scalars['String']['input'];
  /** True when calls go on in the background; for tools. */
  isAsync?: InputMaybe<Scalars['Boolean']['input']>;
  /** Who may call it; default: everybody with the right. */
  access?: InputMaybe<FunctionAccessInput>;
  /** JSON pointers into its arguments, of what no record may hold. */
  redact?: InputMaybe<Array<Scalars['String']['input']>>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Who may call a function. */
export type FunctionAccessInput = {
  /** Only whom one of these fits may; null: everybody with the right. */
  allow?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Whom one of these fits may not. */
  deny?: InputMaybe<Array<Scalars['String']['input']>>;
};

/** What is left out stays as it is. */
export type UpdateFunctionInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** What it is to a client. */
  type: FunctionType;
  /** The name of a tool or prompt, else the URI or URI template. */
  key: Scalars['String']['input'];
  /** What the protocol shows; only where it was defined by hand. */
  data?: InputMaybe<Scalars['JSON']['input']>;
  /** Only where it was defined by hand. */
  moduleName?: InputMaybe<Scalars['String']['input']>;
  /** Only where it was defined by hand. */
  className?: InputMaybe<Scalars['String']['input']>;
  /** Only where it was defined by hand. */
  methodName?: InputMaybe<Scalars['String']['input']>;
  /** Only where it was defined by hand. */
  isAsync?: InputMaybe<Scalars['Boolean']['input']>;
  /** Null: as its bundle says. */
  access?: InputMaybe<FunctionAccessInput>;
  /** JSON pointers; null: as its bundle says. */
  redact?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Nothing is done when it was changed since. */
  ifUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Which function. */
export type DeleteFunctionInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** What it is to a client. */
  type: FunctionType;
  /** The name of a tool or prompt, else the URI or URI template. */
  key: Scalars['String']['input'];
  /** Nothing is done when it was changed since. */
  ifUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** How a function is to stand. */
export type SetFunctionStatusInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** What it is to a client. */
  type: FunctionType;
  /** The name of a tool or prompt, else the URI or URI template. */
  key: Scalars['String']['input'];
  /** How it is to stand. */
  status: FunctionStatus;
  /** Nothing is done when it was changed since. */
  ifUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** The function as it is now. */
export type FunctionPayload = {
  /** Null where nothing was done. */
  function?: Maybe<Function>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** What is gone: the function, or what was changed about a bundle's. */
export type DeleteFunctionPayload = {
  /** The function's global id, that of a bundle's too, which stays; null where nothing was done. */
  deletedFunctionId?: Maybe<Scalars['ID']['output']>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** A page of functions. */
export type FunctionConnection = {
  /** With cursors. */
  edges: Array<FunctionEdge>;
  /** Without cursors. */
  nodes: Array<Function>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** On all pages; they are in memory. */
  totalCount: Scalars['Int']['output'];
};

/** A function in a page. */
export type FunctionEdge = {
  /** For `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The function. */
  node: Function;
};

/**
 * A class of a bundle, the code behind functions. It comes and changes with the versions of its package,
 * and goes with `deletePackage`; its setting can be changed by itself.
 */
export type Module = Node & {
  /** Global id. */
  id: Scalars['ID']['output'];
  /** The file's folder or name inside its bundle. */
  moduleName: Scalars['String']['output'];
  /** The exported class. */
  className: Scalars['String']['output'];
  /** The package that it belongs to. */
  package: Package;
  /** What its constructor receives. */
  setting?: Maybe<Setting>;
  /** What its code may reach by network, where the executor can keep to that. */
  network: NetworkAccess;
  /** Where its source is, in its maker's words. */
  source?: Maybe<Scalars['String']['output']>;
  /** Its functions, by type and name. */
  functions: FunctionConnection;
  /** When its version became active, or its setting changed. */
  updatedAt: Scalars['DateTime']['output'];
  /** Who did that. */
  updatedBy: Scalars['String']['output'];
};


/**
 * A class of a bundle, the code behind functions. It comes and changes with the versions of its package,
 * and goes with `deletePackage`; its setting can be changed by itself.
 */
export type ModuleFunctionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};

/** What a module may reach by network. */
export type NetworkAccess =
  /** Nothing. */
  | 'NONE'
  /** Public addresses, fetched by the gateway. */
  | 'BROKERED'
  /** Everything. */
  | 'ALL';

/** What is published together: modules and functions of one bundle, one version of which is active. */
export type Package = Node & {
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Unique at its endpoint. */
  packageName: Scalars['String']['output'];
  /** What answers calls now. */
  activeVersion: BundleVersion;
  /** The active version and those that it can go back to, the one that was active last first. */
  versions: BundleVersionConnection;
  /** Its modules, by name. */
  modules: ModuleConnection;
  /** Rises by one whenever a version or a setting changes. */
  revision: Scalars['Int']['output'];
  /** When that was, for `ifUpdatedAt`. */
  updatedAt: Scalars['DateTime']['output'];
  /** Who did that. */
  updatedBy: Scalars['String']['output'];
};


/** What is published together: modules and functions of one bundle, one version of which is active. */
export type PackageVersionsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};


/** What is published together: modules and functions of one bundle, one version of which is active. */
export type PackageModulesArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};

/** Which modules; all of what is given has to fit. */
export type ModuleFilter = {
  /** Of this package. */
  packageName?: InputMaybe<Scalars['String']['input']>;
  /** That have this in the name of their module or class, in whichever case. */
  text?: InputMaybe<Scalars['String']['input']>;
};

/** Which package is to go. */
export type DeletePackageInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** Its name. */
  packageName: Scalars['String']['input'];
  /** Nothing is done when it was changed since. */
  ifUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** What is gone. */
export type DeletePackagePayload = {
  /** Its name; null where nothing was done. */
  deletedPackageName?: Maybe<Scalars['String']['output']>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** A page of modules. */
export type ModuleConnection = {
  /** With cursors. */
  edges: Array<ModuleEdge>;
  /** Without cursors. */
  nodes: Array<Module>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** On all pages; they are in memory. */
  totalCount: Scalars['Int']['output'];
};

/** A module in a page. */
export type ModuleEdge = {
  /** For `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The module. */
  node: Module;
};

/** A page of packages. */
export type PackageConnection = {
  /** With cursors. */
  edges: Array<PackageEdge>;
  /** Without cursors. */
  nodes: Array<Package>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** On all pages; they are in memory. */
  totalCount: Scalars['Int']['output'];
};

/** A package in a page. */
export type PackageEdge = {
  /** For `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The package. */
  node: Package;
};

/** What a role lets its holder do at an endpoint; each has the rights before it. */
export type Right =
  /** Lists, resources and prompts: the role reader. */
  | 'READ'
  /** Tools too: the role caller. */
  | 'CALL'
  /** Bundles too: the role publisher. */
  | 'PUBLISH'
  /** Users, keys, settings, access and calls too: the role admin. */
  | 'ADMIN'
  /** Endpoints as a whole: the role operator. */
  | 'OPERATE';

/** What somebody may be at an endpoint; each role may do what those before it may. */
export type Role =
  /** Sees lists, resources and prompts. */
  | 'READER'
  /** Calls tools. */
  | 'CALLER'
  /** Publishes bundles. */
  | 'PUBLISHER'
  /** Manages the endpoint. */
  | 'ADMIN'
  /** Does everything at every endpoint. */
  | 'OPERATOR';

/** What can be found again by its global id. */
export type Node = {
  /** Global, opaque, and good for as long as the object is there. */
  id: Scalars['ID']['output'];
};

/** Where a page of a connection lies. */
export type PageInfo = {
  /** True when there is more after this page. */
  hasNextPage: Scalars['Boolean']['output'];
  /** True when there is more before this page, as far as that is known. */
  hasPreviousPage: Scalars['Boolean']['output'];
  /** What `before` takes for the page before, as `endCursor` from the other end. */
  startCursor?: Maybe<Scalars['String']['output']>;
  /**
   * What `after` takes for the page that follows: the cursor of the last edge, on the last page too. A page
   * can be short or empty and be followed by another one; null where it is empty and none follows.
   */
  endCursor?: Maybe<Scalars['String']['output']>;
};

/** Why a mutation did nothing: its caller can mend that. */
export type UserError = {
  /** The input field, from the outside in; empty where it is none in particular. */
  field: Array<Scalars['String']['output']>;
  /** What programs branch on. */
  code: UserErrorCode;
  /** What was expected, for people. */
  message: Scalars['String']['output'];
};

/** Kinds of reasons for which a mutation does nothing. */
export type UserErrorCode =
  /** A field is not what it must be. */
  | 'INVALID_INPUT'
  /** There is no such object at this endpoint. */
  | 'NOT_FOUND'
  /** It is there already, was changed since it was read, or belongs to somebody else. */
  | 'CONFLICT'
  /** It is more than its caller may give or do. */
  | 'FORBIDDEN'
  /** The bundle breaks a rule; each broken one is an error of its own. */
  | 'BUNDLE_INVALID'
  /** The version is not in the store, or not as it was registered. */
  | 'BUNDLE_UNAVAILABLE'
  /** There are as many as there may be. */
  | 'LIMIT_REACHED';

/** Who asks. */
export type Viewer = {
  /** As calls and the audit name them. */
  userId: Scalars['String']['output'];
  /** At the endpoint in the path. */
  roles: Array<Role>;
  /** The endpoint in the path; null for an operator at `/graphql`. */
  endpointId?: Maybe<Scalars['ID']['output']>;
  /** All that these roles may do. */
  rights: Array<Right>;
};

/**
 * What the constructor of a class receives. Values are sealed in the database; what is secret is never
 * shown.
 */
export type Setting = Node & {
  /** Global id. */
  id: Scalars['ID']['output'];
  /** Unique at its endpoint. */
  settingId: Scalars['String']['output'];
  /** The package whose classes receive it; null where it went meanwhile. */
  package?: Maybe<Package>;
  /** The classes that receive it. */
  modules: Array<Module>;
  /** Its members, by name. */
  members: Array<SettingMember>;
  /** When it was changed last, for `ifUpdatedAt`. */
  updatedAt: Scalars['DateTime']['output'];
  /** Who did that. */
  updatedBy: Scalars['String']['output'];
};

/** A member of a setting. */
export type SettingMember = {
  /** Its name. */
  name: Scalars['String']['output'];
  /** True when its value is not shown: it came from a variable, or was said to be secret. */
  isSecret: Scalars['Boolean']['output'];
  /** True when it has a value other than null and the empty string. */
  isSet: Scalars['Boolean']['output'];
  /** Null where it is secret. */
  value?: Maybe<Scalars['JSON']['output']>;
};

/** Members for a setting that has none. */
export type CreateSettingInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** As a class of an active bundle names it. */
  settingId: Scalars['String']['input'];
  /** By name. */
  members: Array<SettingMemberInput>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Members that change; those that are left out stay. */
export type UpdateSettingInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** Its id. */
  settingId: Scalars['String']['input'];
  /** By name. */
  members?: InputMaybe<Array<SettingMemberInput>>;
  /** Names of those that are to go. */
  remove?: InputMaybe<Array<Scalars['String']['input']>>;
  /** Nothing is done when it was changed since. */
  ifUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A member of a setting. */
export type SettingMemberInput = {
  /** Its name. */
  name: Scalars['String']['input'];
  /** Any JSON value. */
  value?: InputMaybe<Scalars['JSON']['input']>;
  /** True: it is never shown again. */
  isSecret?: InputMaybe<Scalars['Boolean']['input']>;
};

/** Which setting. */
export type DeleteSettingInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** Its id. */
  settingId: Scalars['String']['input'];
  /** Nothing is done when it was changed since. */
  ifUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** The setting as it is now. */
export type SettingPayload = {
  /** Null where nothing was done. */
  setting?: Maybe<Setting>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** A page of settings. */
export type SettingConnection = {
  /** With cursors. */
  edges: Array<SettingEdge>;
  /** Without cursors. */
  nodes: Array<Setting>;
  /** Where the page lies. */
  pageInfo: PageInfo;
  /** On all pages; they are in memory. */
  totalCount: Scalars['Int']['output'];
};

/** A setting in a page. */
export type SettingEdge = {
  /** For `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The setting. */
  node: Setting;
};

/** One who signs in with a password, or one of another issuer whose tokens are refused. */
export type User = Node & {
  /** Global id. */
  id: Scalars['ID']['output'];
  /** What tokens name as their subject. */
  username: Scalars['String']['output'];
  /** What they may be; those of another issuer's users are in their tokens. */
  roles: Array<Role>;
  /** True when all their tokens are refused. */
  isDisabled: Scalars['Boolean']['output'];
  /** True when they can sign in by password. */
  hasPassword: Scalars['Boolean']['output'];
  /** Their keys that are good, the oldest first. */
  apiKeys: Array<ApiKey>;
  /**
   * Their calls at the endpoint, the newest first. Operators call at every one: null where they are shown
   * as operators of the whole gateway, at none; `Endpoint.calls` has those of each.
   */
  calls?: Maybe<FunctionCallConnection>;
  /** When they were added. */
  createdAt: Scalars['DateTime']['output'];
  /** When they were changed last, for `ifUpdatedAt`. */
  updatedAt: Scalars['DateTime']['output'];
  /** Who did that. */
  updatedBy: Scalars['String']['output'];
};


/** One who signs in with a password, or one of another issuer whose tokens are refused. */
export type UserCallsArgs = {
  first?: InputMaybe<Scalars['Int']['input']>;
  after?: InputMaybe<Scalars['String']['input']>;
  last?: InputMaybe<Scalars['Int']['input']>;
  before?: InputMaybe<Scalars['String']['input']>;
};

/** Of a new user. */
export type CreateUserInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** 1 to 118 of A-Z, a-z, 0-9, ., _, @, + and -. */
  username: Scalars['String']['input'];
  /** 12 characters or more, 72 bytes or less. Left out: one is made, and shown once. */
  password?: InputMaybe<Scalars['String']['input']>;
  /** No more than its maker's. Default CALLER. */
  roles?: InputMaybe<Array<Role>>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** What is left out stays as it is. */
export type UpdateUserInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** Their name. */
  username: Scalars['String']['input'];
  /** No more than their changer's. */
  roles?: InputMaybe<Array<Role>>;
  /** True: all their tokens are refused. */
  isDisabled?: InputMaybe<Scalars['Boolean']['input']>;
  /** Nothing is done when it was changed since. */
  ifUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** A new password. */
export type SetUserPasswordInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** Their name. */
  username: Scalars['String']['input'];
  /** 12 characters or more, 72 bytes or less. Left out: one is made, and shown once. */
  password?: InputMaybe<Scalars['String']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Whose tokens and keys are over. */
export type RevokeUserInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** Their name. */
  username: Scalars['String']['input'];
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** Who is to go. */
export type DeleteUserInput = {
  /** May be left out where the path names it. */
  endpointId?: InputMaybe<Scalars['ID']['input']>;
  /** Their name. */
  username: Scalars['String']['input'];
  /** Nothing is done when it was changed since. */
  ifUpdatedAt?: InputMaybe<Scalars['DateTime']['input']>;
  /** The same key by the same caller within a day does nothing again. */
  idempotencyKey?: InputMaybe<Scalars['String']['input']>;
};

/** The user as they are now. */
export type UserPayload = {
  /** Null where nothing was done. */
  user?: Maybe<User>;
  /** Shown this once, where one was made. */
  password?: Maybe<Scalars['String']['output']>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** What is gone. */
export type DeleteUserPayload = {
  /** Their name; null where nothing was done. */
  deletedUsername?: Maybe<Scalars['String']['output']>;
  /** Why nothing was done. */
  userErrors: Array<UserError>;
};

/** A page of users. */
export type UserConnection = {
  /** With cursors. */
  edges: Array<UserEdge>;
  /** Without cursors. */
  nodes: Array<User>;
  /** Where the page lies. */
  pageInfo: PageInfo;
};

/** A user in a page. */
export type UserEdge = {
  /** For `after` and `before`. */
  cursor: Scalars['String']['output'];
  /** The user. */
  node: User;
};



export type ResolverTypeWrapper<T> = Promise<T> | T;


export type ResolverWithResolve<TResult, TParent, TContext, TArgs> = {
  resolve: ResolverFn<TResult, TParent, TContext, TArgs>;
};
export type Resolver<TResult, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = ResolverFn<TResult, TParent, TContext, TArgs> | ResolverWithResolve<TResult, TParent, TContext, TArgs>;

export type ResolverFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => Promise<TResult> | TResult;

export type SubscriptionSubscribeFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => AsyncIterable<TResult> | Promise<AsyncIterable<TResult>>;

export type SubscriptionResolveFn<TResult, TParent, TContext, TArgs> = (
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;

export interface SubscriptionSubscriberObject<TResult, TKey extends string, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<{ [key in TKey]: TResult }, TParent, TContext, TArgs>;
  resolve?: SubscriptionResolveFn<TResult, { [key in TKey]: TResult }, TContext, TArgs>;
}

export interface SubscriptionResolverObject<TResult, TParent, TContext, TArgs> {
  subscribe: SubscriptionSubscribeFn<any, TParent, TContext, TArgs>;
  resolve: SubscriptionResolveFn<TResult, any, TContext, TArgs>;
}

export type SubscriptionObject<TResult, TKey extends string, TParent, TContext, TArgs> =
  | SubscriptionSubscriberObject<TResult, TKey, TParent, TContext, TArgs>
  | SubscriptionResolverObject<TResult, TParent, TContext, TArgs>;

export type SubscriptionResolver<TResult, TKey extends string, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> =
  | ((...args: any[]) => SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>)
  | SubscriptionObject<TResult, TKey, TParent, TContext, TArgs>;

export type TypeResolveFn<TTypes, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (
  parent: TParent,
  context: TContext,
  info: GraphQLResolveInfo
) => Maybe<TTypes> | Promise<Maybe<TTypes>>;

export type IsTypeOfResolverFn<T = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>> = (obj: T, context: TContext, info: GraphQLResolveInfo) => boolean | Promise<boolean>;

export type NextResolverFn<T> = () => Promise<T>;

export type DirectiveResolverFn<TResult = Record<PropertyKey, never>, TParent = Record<PropertyKey, never>, TContext = Record<PropertyKey, never>, TArgs = Record<PropertyKey, never>> = (
  next: NextResolverFn<TResult>,
  parent: TParent,
  args: TArgs,
  context: TContext,
  info: GraphQLResolveInfo
) => TResult | Promise<TResult>;




/** Mapping of interface types */
export type ResolversInterfaceTypes<_RefType extends Record<string, unknown>> = {
  Node:
    | ( ApiKeySource )
    | ( EndpointSource )
    | ( BundleVersionSource )
    | ( FunctionCallSource )
    | ( FunctionSource )
    | ( ModuleSource )
    | ( PackageSource )
    | ( SettingSource )
    | ( UserSource )
  ;
};

/** Mapping between all available schema types and the resolvers types */
export type ResolversTypes = {
  ApiKey: ResolverTypeWrapper<ApiKeySource>;
  ID: ResolverTypeWrapper<Scalars['ID']['output']>;
  String: ResolverTypeWrapper<Scalars['String']['output']>;
  Endpoint: ResolverTypeWrapper<EndpointSource>;
  Mutation: ResolverTypeWrapper<Record<PropertyKey, never>>;
  CreateApiKeyInput: CreateApiKeyInput;
  UpdateApiKeyInput: UpdateApiKeyInput;
  RevokeApiKeyInput: RevokeApiKeyInput;
  CreateApiKeyPayload: ResolverTypeWrapper<Omit<CreateApiKeyPayload, 'apiKey'> & { apiKey?: Maybe<ResolversTypes['ApiKey']> }>;
  ApiKeyPayload: ResolverTypeWrapper<Omit<ApiKeyPayload, 'apiKey'> & { apiKey?: Maybe<ResolversTypes['ApiKey']> }>;
  RevokeApiKeyPayload: ResolverTypeWrapper<RevokeApiKeyPayload>;
  ApiKeyConnection: ResolverTypeWrapper<ApiKeyConnectionSource>;
  ApiKeyEdge: ResolverTypeWrapper<Omit<ApiKeyEdge, 'node'> & { node: ResolversTypes['ApiKey'] }>;
  BundleVersion: ResolverTypeWrapper<BundleVersionSource>;
  Boolean: ResolverTypeWrapper<Scalars['Boolean']['output']>;
  CreateBundleUploadInput: CreateBundleUploadInput;
  CreateBundleUploadPayload: ResolverTypeWrapper<CreateBundleUploadPayload>;
  UploadTarget: ResolverTypeWrapper<UploadTarget>;
  HttpHeader: ResolverTypeWrapper<HttpHeader>;
  VariableInput: VariableInput;
  ProcessBundleInput: ProcessBundleInput;
  LoadConfigurationInput: LoadConfigurationInput;
  PromoteBundleInput: PromoteBundleInput;
  RollbackBundleInput: RollbackBundleInput;
  DeleteBundleVersionInput: DeleteBundleVersionInput;
  PublishPayload: ResolverTypeWrapper<Omit<PublishPayload, 'version'> & { version?: Maybe<ResolversTypes['BundleVersion']> }>;
  DeleteBundleVersionPayload: ResolverTypeWrapper<DeleteBundleVersionPayload>;
  BundleVersionConnection: ResolverTypeWrapper<BundleVersionConnectionSource>;
  BundleVersionEdge: ResolverTypeWrapper<Omit<BundleVersionEdge, 'node'> & { node: ResolversTypes['BundleVersion'] }>;
  CacheStats: ResolverTypeWrapper<CacheStats>;
  CacheEntries: ResolverTypeWrapper<CacheEntries>;
  CacheKind: CacheKind;
  PurgeCacheInput: PurgeCacheInput;
  PurgeCachePayload: ResolverTypeWrapper<PurgeCachePayload>;
  FunctionCounts: ResolverTypeWrapper<FunctionCounts>;
  Recording: ResolverTypeWrapper<Recording>;
  EndpointConnection: ResolverTypeWrapper<EndpointConnectionSource>;
  EndpointEdge: ResolverTypeWrapper<Omit<EndpointEdge, 'node'> & { node: ResolversTypes['Endpoint'] }>;
  Query: ResolverTypeWrapper<Record<PropertyKey, never>>;
  CreateEndpointInput: CreateEndpointInput;
  UpdateEndpointInput: UpdateEndpointInput;
  DeleteEndpointInput: DeleteEndpointInput;
  EndpointPayload: ResolverTypeWrapper<Omit<EndpointPayload, 'endpoint'> & { endpoint?: Maybe<ResolversTypes['Endpoint']> }>;
  DeleteEndpointPayload: ResolverTypeWrapper<DeleteEndpointPayload>;
  Event: ResolverTypeWrapper<EventSource>;
  EventConnection: ResolverTypeWrapper<EventConnectionSource>;
  EventEdge: ResolverTypeWrapper<Omit<EventEdge, 'node'> & { node: ResolversTypes['Event'] }>;
  AuditEntry: ResolverTypeWrapper<AuditEntrySource>;
  AuditEntryConnection: ResolverTypeWrapper<AuditEntryConnectionSource>;
  AuditEntryEdge: ResolverTypeWrapper<Omit<AuditEntryEdge, 'node'> & { node: ResolversTypes['AuditEntry'] }>;
  Subscription: ResolverTypeWrapper<Record<PropertyKey, never>>;
  CatalogChangedEvent: ResolverTypeWrapper<Omit<CatalogChangedEvent, 'endpoint'> & { endpoint: ResolversTypes['Endpoint'] }>;
  UserEventEvent: ResolverTypeWrapper<Omit<UserEventEvent, 'event'> & { event: ResolversTypes['Event'] }>;
  FunctionCall: ResolverTypeWrapper<FunctionCallSource>;
  Float: ResolverTypeWrapper<Scalars['Float']['output']>;
  FunctionCallError: ResolverTypeWrapper<FunctionCallError>;
  FunctionCallStatus: FunctionCallStatus;
  FunctionCallFilter: FunctionCallFilter;
  CancelCallInput: CancelCallInput;
  DeleteCallInput: DeleteCallInput;
  CancelCallPayload: ResolverTypeWrapper<Omit<CancelCallPayload, 'call'> & { call?: Maybe<ResolversTypes['FunctionCall']> }>;
  DeleteCallPayload: ResolverTypeWrapper<DeleteCallPayload>;
  CallRecordedEvent: ResolverTypeWrapper<Omit<CallRecordedEvent, 'call'> & { call?: Maybe<ResolversTypes['FunctionCall']> }>;
  FunctionCallConnection: ResolverTypeWrapper<FunctionCallConnectionSource>;
  FunctionCallEdge: ResolverTypeWrapper<Omit<FunctionCallEdge, 'node'> & { node: ResolversTypes['FunctionCall'] }>;
  Function: ResolverTypeWrapper<FunctionSource>;
  FunctionType: FunctionType;
  FunctionStatus: FunctionStatus;
  FunctionOrigin: FunctionOrigin;
  FunctionAccess: ResolverTypeWrapper<FunctionAccess>;
  FunctionStatistics: ResolverTypeWrapper<FunctionStatistics>;
  AccessDecision: ResolverTypeWrapper<AccessDecision>;
  FunctionFilter: FunctionFilter;
  CreateFunctionInput: CreateFunctionInput;
  FunctionAccessInput: FunctionAccessInput;
  UpdateFunctionInput: UpdateFunctionInput;
  DeleteFunctionInput: DeleteFunctionInput;
  SetFunctionStatusInput: SetFunctionStatusInput;
  FunctionPayload: ResolverTypeWrapper<Omit<FunctionPayload, 'function'> & { function?: Maybe<ResolversTypes['Function']> }>;
  DeleteFunctionPayload: ResolverTypeWrapper<DeleteFunctionPayload>;
  FunctionConnection: ResolverTypeWrapper<FunctionConnectionSource>;
  FunctionEdge: ResolverTypeWrapper<Omit<FunctionEdge, 'node'> & { node: ResolversTypes['Function'] }>;
  Module: ResolverTypeWrapper<ModuleSource>;
  NetworkAccess: NetworkAccess;
  Package: ResolverTypeWrapper<PackageSource>;
  ModuleFilter: ModuleFilter;
  DeletePackageInput: DeletePackageInput;
  DeletePackagePayload: ResolverTypeWrapper<DeletePackagePayload>;
  ModuleConnection: ResolverTypeWrapper<ModuleConnectionSource>;
  ModuleEdge: ResolverTypeWrapper<Omit<ModuleEdge, 'node'> & { node: ResolversTypes['Module'] }>;
  PackageConnection: ResolverTypeWrapper<PackageConnectionSource>;
  PackageEdge: ResolverTypeWrapper<Omit<PackageEdge, 'node'> & { node: ResolversTypes['Package'] }>;
  JSON: ResolverTypeWrapper<Scalars['JSON']['output']>;
  DateTime: ResolverTypeWrapper<Scalars['DateTime']['output']>;
  BigInt: ResolverTypeWrapper<Scalars['BigInt']['output']>;
  Right: Right;
  Role: Role;
  Node: ResolverTypeWrapper<ResolversInterfaceTypes<ResolversTypes>['Node']>;
  PageInfo: ResolverTypeWrapper<PageInfo>;
  UserError: ResolverTypeWrapper<UserError>;
  UserErrorCode: UserErrorCode;
  Viewer: ResolverTypeWrapper<Viewer>;
  Setting: ResolverTypeWrapper<SettingSource>;
  SettingMember: ResolverTypeWrapper<SettingMember>;
  CreateSettingInput: CreateSettingInput;
  UpdateSettingInput: UpdateSettingInput;
  SettingMemberInput: SettingMemberInput;
  DeleteSettingInput: DeleteSettingInput;
  SettingPayload: ResolverTypeWrapper<Omit<SettingPayload, 'setting'> & { setting?: Maybe<ResolversTypes['Setting']> }>;
  SettingConnection: ResolverTypeWrapper<SettingConnectionSource>;
  SettingEdge: ResolverTypeWrapper<Omit<SettingEdge, 'node'> & { node: ResolversTypes['Setting'] }>;
  User: ResolverTypeWrapper<UserSource>;
  CreateUserInput: CreateUserInput;
  UpdateUserInput: UpdateUserInput;
  SetUserPasswordInput: SetUserPasswordInput;
  RevokeUserInput: RevokeUserInput;
  DeleteUserInput: DeleteUserInput;
  UserPayload: ResolverTypeWrapper<Omit<UserPayload, 'user'> & { user?: Maybe<ResolversTypes['User']> }>;
  DeleteUserPayload: ResolverTypeWrapper<DeleteUserPayload>;
  UserConnection: ResolverTypeWrapper<UserConnectionSource>;
  UserEdge: ResolverTypeWrapper<Omit<UserEdge, 'node'> & { node: ResolversTypes['User'] }>;
  Int: ResolverTypeWrapper<Scalars['Int']['output']>;
};

/** Mapping between all available schema types and the resolvers parents */
export type ResolversParentTypes = {
  ApiKey: ApiKeySource;
  ID: Scalars['ID']['output'];
  String: Scalars['String']['output'];
  Endpoint: EndpointSource;
  Mutation: Record<PropertyKey, never>;
  CreateApiKeyInput: CreateApiKeyInput;
  UpdateApiKeyInput: UpdateApiKeyInput;
  RevokeApiKeyInput: RevokeApiKeyInput;
  CreateApiKeyPayload: Omit<CreateApiKeyPayload, 'apiKey'> & { apiKey?: Maybe<ResolversParentTypes['ApiKey']> };
  ApiKeyPayload: Omit<ApiKeyPayload, 'apiKey'> & { apiKey?: Maybe<ResolversParentTypes['ApiKey']> };
  RevokeApiKeyPayload: RevokeApiKeyPayload;
  ApiKeyConnection: ApiKeyConnectionSource;
  ApiKeyEdge: Omit<ApiKeyEdge, 'node'> & { node: ResolversParentTypes['ApiKey'] };
  BundleVersion: BundleVersionSource;
  Boolean: Scalars['Boolean']['output'];
  CreateBundleUploadInput: CreateBundleUploadInput;
  CreateBundleUploadPayload: CreateBundleUploadPayload;
  UploadTarget: UploadTarget;
  HttpHeader: HttpHeader;
  VariableInput: VariableInput;
  ProcessBundleInput: ProcessBundleInput;
  LoadConfigurationInput: LoadConfigurationInput;
  PromoteBundleInput: PromoteBundleInput;
  RollbackBundleInput: RollbackBundleInput;
  DeleteBundleVersionInput: DeleteBundleVersionInput;
  PublishPayload: Omit<PublishPayload, 'version'> & { version?: Maybe<ResolversParentTypes['BundleVersion']> };
  DeleteBundleVersionPayload: DeleteBundleVersionPayload;
  BundleVersionConnection: BundleVersionConnectionSource;
  BundleVersionEdge: Omit<BundleVersionEdge, 'node'> & { node: ResolversParentTypes['BundleVersion'] };
  CacheStats: CacheStats;
  CacheEntries: CacheEntries;
  PurgeCacheInput: PurgeCacheInput;
  PurgeCachePayload: PurgeCachePayload;
  FunctionCounts: FunctionCounts;
  Recording: Recording;
  EndpointConnection: EndpointConnectionSource;
  EndpointEdge: Omit<EndpointEdge, 'node'> & { node: ResolversParentTypes['Endpoint'] };
  Query: Record<PropertyKey, never>;
  CreateEndpointInput: CreateEndpointInput;
  UpdateEndpointInput: UpdateEndpointInput;
  DeleteEndpointInput: DeleteEndpointInput;
  EndpointPayload: Omit<EndpointPayload, 'endpoint'> & { endpoint?: Maybe<ResolversParentTypes['Endpoint']> };
  DeleteEndpointPayload: DeleteEndpointPayload;
  Event: EventSource;
  EventConnection: EventConnectionSource;
  EventEdge: Omit<EventEdge, 'node'> & { node: ResolversParentTypes['Event'] };
  AuditEntry: AuditEntrySource;
  AuditEntryConnection: AuditEntryConnectionSource;
  AuditEntryEdge: Omit<AuditEntryEdge, 'node'> & { node: ResolversParentTypes['AuditEntry'] };
  Subscription: Record<PropertyKey, never>;
  CatalogChangedEvent: Omit<CatalogChangedEvent, 'endpoint'> & { endpoint: ResolversParentTypes['Endpoint'] };
  UserEventEvent: Omit<UserEventEvent, 'event'> & { event: ResolversParentTypes['Event'] };
  FunctionCall: FunctionCallSource;
  Float: Scalars['Float']['output'];
  FunctionCallError: FunctionCallError;
  FunctionCallFilter: FunctionCallFilter;
  CancelCallInput: CancelCallInput;
  DeleteCallInput: DeleteCallInput;
  CancelCallPayload: Omit<CancelCallPayload, 'call'> & { call?: Maybe<ResolversParentTypes['FunctionCall']> };
  DeleteCallPayload: DeleteCallPayload;
  CallRecordedEvent: Omit<CallRecordedEvent, 'call'> & { call?: Maybe<ResolversParentTypes['FunctionCall']> };
  FunctionCallConnection: FunctionCallConnectionSource;
  FunctionCallEdge: Omit<FunctionCallEdge, 'node'> & { node: ResolversParentTypes['FunctionCall'] };
  Function: FunctionSource;
  FunctionAccess: FunctionAccess;
  FunctionStatistics: FunctionStatistics;
  AccessDecision: AccessDecision;
  FunctionFilter: FunctionFilter;
  CreateFunctionInput: CreateFunctionInput;
  FunctionAccessInput: FunctionAccessInput;
  UpdateFunctionInput: UpdateFunctionInput;
  DeleteFunctionInput: DeleteFunctionInput;
  SetFunctionStatusInput: SetFunctionStatusInput;
  FunctionPayload: Omit<FunctionPayload, 'function'> & { function?: Maybe<ResolversParentTypes['Function']> };
  DeleteFunctionPayload: DeleteFunctionPayload;
  FunctionConnection: FunctionConnectionSource;
  FunctionEdge: Omit<FunctionEdge, 'node'> & { node: ResolversParentTypes['Function'] };
  Module: ModuleSource;
  Package: PackageSource;
  ModuleFilter: ModuleFilter;
  DeletePackageInput: DeletePackageInput;
  DeletePackagePayload: DeletePackagePayload;
  ModuleConnection: ModuleConnectionSource;
  ModuleEdge: Omit<ModuleEdge, 'node'> & { node: ResolversParentTypes['Module'] };
  PackageConnection: PackageConnectionSource;
  PackageEdge: Omit<PackageEdge, 'node'> & { node: ResolversParentTypes['Package'] };
  JSON: Scalars['JSON']['output'];
  DateTime: Scalars['DateTime']['output'];
  BigInt: Scalars['BigInt']['output'];
  Node: ResolversInterfaceTypes<ResolversParentTypes>['Node'];
  PageInfo: PageInfo;
  UserError: UserError;
  Viewer: Viewer;
  Setting: SettingSource;
  SettingMember: SettingMember;
  CreateSettingInput: CreateSettingInput;
  UpdateSettingInput: UpdateSettingInput;
  SettingMemberInput: SettingMemberInput;
  DeleteSettingInput: DeleteSettingInput;
  SettingPayload: Omit<SettingPayload, 'setting'> & { setting?: Maybe<ResolversParentTypes['Setting']> };
  SettingConnection: SettingConnectionSource;
  SettingEdge: Omit<SettingEdge, 'node'> & { node: ResolversParentTypes['Setting'] };
  User: UserSource;
  CreateUserInput: CreateUserInput;
  UpdateUserInput: UpdateUserInput;
  SetUserPasswordInput: SetUserPasswordInput;
  RevokeUserInput: RevokeUserInput;
  DeleteUserInput: DeleteUserInput;
  UserPayload: Omit<UserPayload, 'user'> & { user?: Maybe<ResolversParentTypes['User']> };
  DeleteUserPayload: DeleteUserPayload;
  UserConnection: UserConnectionSource;
  UserEdge: Omit<UserEdge, 'node'> & { node: ResolversParentTypes['User'] };
  Int: Scalars['Int']['output'];
};

export type NeedsDirectiveArgs = {
  right: Right;
};

export type NeedsDirectiveResolver<Result, Parent, ContextType = ManagementContext, Args = NeedsDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type CostDirectiveArgs = {
  weight: Scalars['Int']['input'];
};

export type CostDirectiveResolver<Result, Parent, ContextType = ManagementContext, Args = CostDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type OnceDirectiveArgs = { };

export type OnceDirectiveResolver<Result, Parent, ContextType = ManagementContext, Args = OnceDirectiveArgs> = DirectiveResolverFn<Result, Parent, ContextType, Args>;

export type ApiKeyResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['ApiKey'] = ResolversParentTypes['ApiKey']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  keyId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  roles?: Resolver<Array<ResolversTypes['Role']>, ParentType, ContextType>;
  functions?: Resolver<Maybe<Array<ResolversTypes['String']>>, ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  createdBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  lastUsedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type EndpointResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['Endpoint'] = ResolversParentTypes['Endpoint']> = {
  apiKeys?: Resolver<ResolversTypes['ApiKeyConnection'], ParentType, ContextType, Partial<EndpointApiKeysArgs>>;
  apiKey?: Resolver<Maybe<ResolversTypes['ApiKey']>, ParentType, ContextType, RequireFields<EndpointApiKeyArgs, 'keyId'>>;
  bundleVersions?: Resolver<ResolversTypes['BundleVersionConnection'], ParentType, ContextType, Partial<EndpointBundleVersionsArgs>>;
  cacheStats?: Resolver<Array<ResolversTypes['CacheStats']>, ParentType, ContextType>;
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  endpointId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  createdAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  updatedAt?: Resolver<Maybe<ResolversTypes['DateTime']>, ParentType, ContextType>;
  catalogVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  functionCounts?: Resolver<ResolversTypes['FunctionCounts'], ParentType, ContextType>;
  recording?: Resolver<ResolversTypes['Recording'], ParentType, ContextType>;
  events?: Resolver<ResolversTypes['EventConnection'], ParentType, ContextType, RequireFields<EndpointEventsArgs, 'userId'>>;
  auditEntries?: Resolver<ResolversTypes['AuditEntryConnection'], ParentType, ContextType, Partial<EndpointAuditEntriesArgs>>;
  calls?: Resolver<ResolversTypes['FunctionCallConnection'], ParentType, ContextType, Partial<EndpointCallsArgs>>;
  call?: Resolver<Maybe<ResolversTypes['FunctionCall']>, ParentType, ContextType, RequireFields<EndpointCallArgs, 'callId'>>;
  functions?: Resolver<ResolversTypes['FunctionConnection'], ParentType, ContextType, Partial<EndpointFunctionsArgs>>;
  function?: Resolver<Maybe<ResolversTypes['Function']>, ParentType, ContextType, RequireFields<EndpointFunctionArgs, 'type' | 'key'>>;
  explain?: Resolver<Maybe<ResolversTypes['AccessDecision']>, ParentType, ContextType, RequireFields<EndpointExplainArgs, 'userId' | 'roles' | 'type' | 'key'>>;
  packages?: Resolver<ResolversTypes['PackageConnection'], ParentType, ContextType, Partial<EndpointPackagesArgs>>;
  package?: Resolver<Maybe<ResolversTypes['Package']>, ParentType, ContextType, RequireFields<EndpointPackageArgs, 'packageName'>>;
  modules?: Resolver<ResolversTypes['ModuleConnection'], ParentType, ContextType, Partial<EndpointModulesArgs>>;
  module?: Resolver<Maybe<ResolversTypes['Module']>, ParentType, ContextType, RequireFields<EndpointModuleArgs, 'moduleName' | 'className'>>;
  settings?: Resolver<ResolversTypes['SettingConnection'], ParentType, ContextType, Partial<EndpointSettingsArgs>>;
  setting?: Resolver<Maybe<ResolversTypes['Setting']>, ParentType, ContextType, RequireFields<EndpointSettingArgs, 'settingId'>>;
  users?: Resolver<ResolversTypes['UserConnection'], ParentType, ContextType, Partial<EndpointUsersArgs>>;
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType, RequireFields<EndpointUserArgs, 'username'>>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type MutationResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['Mutation'] = ResolversParentTypes['Mutation']> = {
  createApiKey?: Resolver<ResolversTypes['CreateApiKeyPayload'], ParentType, ContextType, RequireFields<MutationCreateApiKeyArgs, 'input'>>;
  updateApiKey?: Resolver<ResolversTypes['ApiKeyPayload'], ParentType, ContextType, RequireFields<MutationUpdateApiKeyArgs, 'input'>>;
  revokeApiKey?: Resolver<ResolversTypes['RevokeApiKeyPayload'], ParentType, ContextType, RequireFields<MutationRevokeApiKeyArgs, 'input'>>;
  createBundleUpload?: Resolver<ResolversTypes['CreateBundleUploadPayload'], ParentType, ContextType, RequireFields<MutationCreateBundleUploadArgs, 'input'>>;
  processBundle?: Resolver<ResolversTypes['PublishPayload'], ParentType, ContextType, RequireFields<MutationProcessBundleArgs, 'input'>>;
  loadConfiguration?: Resolver<ResolversTypes['PublishPayload'], ParentType, ContextType, RequireFields<MutationLoadConfigurationArgs, 'input'>>;
  promoteBundle?: Resolver<ResolversTypes['PublishPayload'], ParentType, ContextType, RequireFields<MutationPromoteBundleArgs, 'input'>>;
  rollbackBundle?: Resolver<ResolversTypes['PublishPayload'], ParentType, ContextType, RequireFields<MutationRollbackBundleArgs, 'input'>>;
  deleteBundleVersion?: Resolver<ResolversTypes['DeleteBundleVersionPayload'], ParentType, ContextType, RequireFields<MutationDeleteBundleVersionArgs, 'input'>>;
  purgeCache?: Resolver<ResolversTypes['PurgeCachePayload'], ParentType, ContextType, RequireFields<MutationPurgeCacheArgs, 'input'>>;
  createEndpoint?: Resolver<ResolversTypes['EndpointPayload'], ParentType, ContextType, RequireFields<MutationCreateEndpointArgs, 'input'>>;
  updateEndpoint?: Resolver<ResolversTypes['EndpointPayload'], ParentType, ContextType, RequireFields<MutationUpdateEndpointArgs, 'input'>>;
  deleteEndpoint?: Resolver<ResolversTypes['DeleteEndpointPayload'], ParentType, ContextType, RequireFields<MutationDeleteEndpointArgs, 'input'>>;
  cancelCall?: Resolver<ResolversTypes['CancelCallPayload'], ParentType, ContextType, RequireFields<MutationCancelCallArgs, 'input'>>;
  deleteCall?: Resolver<ResolversTypes['DeleteCallPayload'], ParentType, ContextType, RequireFields<MutationDeleteCallArgs, 'input'>>;
  createFunction?: Resolver<ResolversTypes['FunctionPayload'], ParentType, ContextType, RequireFields<MutationCreateFunctionArgs, 'input'>>;
  updateFunction?: Resolver<ResolversTypes['FunctionPayload'], ParentType, ContextType, RequireFields<MutationUpdateFunctionArgs, 'input'>>;
  deleteFunction?: Resolver<ResolversTypes['DeleteFunctionPayload'], ParentType, ContextType, RequireFields<MutationDeleteFunctionArgs, 'input'>>;
  setFunctionStatus?: Resolver<ResolversTypes['FunctionPayload'], ParentType, ContextType, RequireFields<MutationSetFunctionStatusArgs, 'input'>>;
  deletePackage?: Resolver<ResolversTypes['DeletePackagePayload'], ParentType, ContextType, RequireFields<MutationDeletePackageArgs, 'input'>>;
  createSetting?: Resolver<ResolversTypes['SettingPayload'], ParentType, ContextType, RequireFields<MutationCreateSettingArgs, 'input'>>;
  updateSetting?: Resolver<ResolversTypes['SettingPayload'], ParentType, ContextType, RequireFields<MutationUpdateSettingArgs, 'input'>>;
  deleteSetting?: Resolver<ResolversTypes['SettingPayload'], ParentType, ContextType, RequireFields<MutationDeleteSettingArgs, 'input'>>;
  createUser?: Resolver<ResolversTypes['UserPayload'], ParentType, ContextType, RequireFields<MutationCreateUserArgs, 'input'>>;
  updateUser?: Resolver<ResolversTypes['UserPayload'], ParentType, ContextType, RequireFields<MutationUpdateUserArgs, 'input'>>;
  setUserPassword?: Resolver<ResolversTypes['UserPayload'], ParentType, ContextType, RequireFields<MutationSetUserPasswordArgs, 'input'>>;
  revokeUser?: Resolver<ResolversTypes['UserPayload'], ParentType, ContextType, RequireFields<MutationRevokeUserArgs, 'input'>>;
  deleteUser?: Resolver<ResolversTypes['DeleteUserPayload'], ParentType, ContextType, RequireFields<MutationDeleteUserArgs, 'input'>>;
};

export type CreateApiKeyPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['CreateApiKeyPayload'] = ResolversParentTypes['CreateApiKeyPayload']> = {
  apiKey?: Resolver<Maybe<ResolversTypes['ApiKey']>, ParentType, ContextType>;
  text?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type ApiKeyPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['ApiKeyPayload'] = ResolversParentTypes['ApiKeyPayload']> = {
  apiKey?: Resolver<Maybe<ResolversTypes['ApiKey']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type RevokeApiKeyPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['RevokeApiKeyPayload'] = ResolversParentTypes['RevokeApiKeyPayload']> = {
  revokedKeyId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type ApiKeyConnectionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['ApiKeyConnection'] = ResolversParentTypes['ApiKeyConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ApiKeyEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['ApiKey']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ApiKeyEdgeResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['ApiKeyEdge'] = ResolversParentTypes['ApiKeyEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['ApiKey'], ParentType, ContextType>;
};

export type BundleVersionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['BundleVersion'] = ResolversParentTypes['BundleVersion']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  sha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  package?: Resolver<ResolversTypes['Package'], ParentType, ContextType>;
  isActive?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  functionCounts?: Resolver<Maybe<ResolversTypes['FunctionCounts']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type CreateBundleUploadPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['CreateBundleUploadPayload'] = ResolversParentTypes['CreateBundleUploadPayload']> = {
  uploadId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  target?: Resolver<Maybe<ResolversTypes['UploadTarget']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type UploadTargetResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['UploadTarget'] = ResolversParentTypes['UploadTarget']> = {
  method?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  url?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  headers?: Resolver<Array<ResolversTypes['HttpHeader']>, ParentType, ContextType>;
  expiresAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
};

export type HttpHeaderResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['HttpHeader'] = ResolversParentTypes['HttpHeader']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  value?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type PublishPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['PublishPayload'] = ResolversParentTypes['PublishPayload']> = {
  version?: Resolver<Maybe<ResolversTypes['BundleVersion']>, ParentType, ContextType>;
  isChanged?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  warnings?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type DeleteBundleVersionPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['DeleteBundleVersionPayload'] = ResolversParentTypes['DeleteBundleVersionPayload']> = {
  deletedSha256?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type BundleVersionConnectionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['BundleVersionConnection'] = ResolversParentTypes['BundleVersionConnection']> = {
  edges?: Resolver<Array<ResolversTypes['BundleVersionEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['BundleVersion']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type BundleVersionEdgeResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['BundleVersionEdge'] = ResolversParentTypes['BundleVersionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['BundleVersion'], ParentType, ContextType>;
};

export type CacheStatsResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['CacheStats'] = ResolversParentTypes['CacheStats']> = {
  instanceId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  entries?: Resolver<Array<ResolversTypes['CacheEntries']>, ParentType, ContextType>;
};

export type CacheEntriesResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['CacheEntries'] = ResolversParentTypes['CacheEntries']> = {
  kind?: Resolver<ResolversTypes['CacheKind'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PurgeCachePayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['PurgeCachePayload'] = ResolversParentTypes['PurgeCachePayload']> = {
  purged?: Resolver<Array<ResolversTypes['CacheStats']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type FunctionCountsResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['FunctionCounts'] = ResolversParentTypes['FunctionCounts']> = {
  tools?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  resources?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  resourceTemplates?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  prompts?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  disabled?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type RecordingResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['Recording'] = ResolversParentTypes['Recording']> = {
  callShards?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  redact?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
};

export type EndpointConnectionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['EndpointConnection'] = ResolversParentTypes['EndpointConnection']> = {
  edges?: Resolver<Array<ResolversTypes['EndpointEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Endpoint']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type EndpointEdgeResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['EndpointEdge'] = ResolversParentTypes['EndpointEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Endpoint'], ParentType, ContextType>;
};

export type QueryResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['Query'] = ResolversParentTypes['Query']> = {
  endpoint?: Resolver<ResolversTypes['Endpoint'], ParentType, ContextType, Partial<QueryEndpointArgs>>;
  endpoints?: Resolver<ResolversTypes['EndpointConnection'], ParentType, ContextType, Partial<QueryEndpointsArgs>>;
  viewer?: Resolver<ResolversTypes['Viewer'], ParentType, ContextType>;
  node?: Resolver<Maybe<ResolversTypes['Node']>, ParentType, ContextType, RequireFields<QueryNodeArgs, 'id'>>;
  operators?: Resolver<ResolversTypes['UserConnection'], ParentType, ContextType, Partial<QueryOperatorsArgs>>;
};

export type EndpointPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['EndpointPayload'] = ResolversParentTypes['EndpointPayload']> = {
  endpoint?: Resolver<Maybe<ResolversTypes['Endpoint']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type DeleteEndpointPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['DeleteEndpointPayload'] = ResolversParentTypes['DeleteEndpointPayload']> = {
  deletedEndpointId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type EventResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['Event'] = ResolversParentTypes['Event']> = {
  type?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  time?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  callId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  data?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
};

export type EventConnectionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['EventConnection'] = ResolversParentTypes['EventConnection']> = {
  edges?: Resolver<Array<ResolversTypes['EventEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Event']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type EventEdgeResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['EventEdge'] = ResolversParentTypes['EventEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Event'], ParentType, ContextType>;
};

export type AuditEntryResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['AuditEntry'] = ResolversParentTypes['AuditEntry']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  actor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  action?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  target?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  address?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  detail?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  before?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  after?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
};

export type AuditEntryConnectionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['AuditEntryConnection'] = ResolversParentTypes['AuditEntryConnection']> = {
  edges?: Resolver<Array<ResolversTypes['AuditEntryEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['AuditEntry']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type AuditEntryEdgeResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['AuditEntryEdge'] = ResolversParentTypes['AuditEntryEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['AuditEntry'], ParentType, ContextType>;
};

export type SubscriptionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['Subscription'] = ResolversParentTypes['Subscription']> = {
  catalogChanged?: SubscriptionResolver<ResolversTypes['CatalogChangedEvent'], "catalogChanged", ParentType, ContextType, Partial<SubscriptionCatalogChangedArgs>>;
  userEvent?: SubscriptionResolver<ResolversTypes['UserEventEvent'], "userEvent", ParentType, ContextType, Partial<SubscriptionUserEventArgs>>;
  callRecorded?: SubscriptionResolver<ResolversTypes['CallRecordedEvent'], "callRecorded", ParentType, ContextType, Partial<SubscriptionCallRecordedArgs>>;
};

export type CatalogChangedEventResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['CatalogChangedEvent'] = ResolversParentTypes['CatalogChangedEvent']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isGap?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  list?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endpoint?: Resolver<ResolversTypes['Endpoint'], ParentType, ContextType>;
};

export type UserEventEventResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['UserEventEvent'] = ResolversParentTypes['UserEventEvent']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  event?: Resolver<ResolversTypes['Event'], ParentType, ContextType>;
};

export type FunctionCallResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['FunctionCall'] = ResolversParentTypes['FunctionCall']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  callId?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['FunctionCallStatus'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['FunctionType'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  function?: Resolver<Maybe<ResolversTypes['Function']>, ParentType, ContextType>;
  module?: Resolver<Maybe<ResolversTypes['Module']>, ParentType, ContextType>;
  userId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  sessionId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  conversationId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  traceId?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  bundleSha256?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  protocolVersion?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  durationMs?: Resolver<ResolversTypes['Float'], ParentType, ContextType>;
  arguments?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  content?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
  error?: Resolver<Maybe<ResolversTypes['FunctionCallError']>, ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FunctionCallErrorResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['FunctionCallError'] = ResolversParentTypes['FunctionCallError']> = {
  code?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type CancelCallPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['CancelCallPayload'] = ResolversParentTypes['CancelCallPayload']> = {
  call?: Resolver<Maybe<ResolversTypes['FunctionCall']>, ParentType, ContextType>;
  isCancelled?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type DeleteCallPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['DeleteCallPayload'] = ResolversParentTypes['DeleteCallPayload']> = {
  deletedCallId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type CallRecordedEventResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['CallRecordedEvent'] = ResolversParentTypes['CallRecordedEvent']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isGap?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  call?: Resolver<Maybe<ResolversTypes['FunctionCall']>, ParentType, ContextType>;
};

export type FunctionCallConnectionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['FunctionCallConnection'] = ResolversParentTypes['FunctionCallConnection']> = {
  edges?: Resolver<Array<ResolversTypes['FunctionCallEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['FunctionCall']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type FunctionCallEdgeResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['FunctionCallEdge'] = ResolversParentTypes['FunctionCallEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['FunctionCall'], ParentType, ContextType>;
};

export type FunctionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['Function'] = ResolversParentTypes['Function']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  type?: Resolver<ResolversTypes['FunctionType'], ParentType, ContextType>;
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  uri?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  description?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  data?: Resolver<ResolversTypes['JSON'], ParentType, ContextType>;
  status?: Resolver<ResolversTypes['FunctionStatus'], ParentType, ContextType>;
  origin?: Resolver<ResolversTypes['FunctionOrigin'], ParentType, ContextType>;
  module?: Resolver<ResolversTypes['Module'], ParentType, ContextType>;
  methodName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isAsync?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  access?: Resolver<ResolversTypes['FunctionAccess'], ParentType, ContextType>;
  redact?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  calls?: Resolver<ResolversTypes['FunctionCallConnection'], ParentType, ContextType, Partial<FunctionCallsArgs>>;
  statistics?: Resolver<ResolversTypes['FunctionStatistics'], ParentType, ContextType, RequireFields<FunctionStatisticsArgs, 'windowMinutes'>>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type FunctionAccessResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['FunctionAccess'] = ResolversParentTypes['FunctionAccess']> = {
  allow?: Resolver<Maybe<Array<ResolversTypes['String']>>, ParentType, ContextType>;
  deny?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['FunctionOrigin']>, ParentType, ContextType>;
};

export type FunctionStatisticsResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['FunctionStatistics'] = ResolversParentTypes['FunctionStatistics']> = {
  from?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  to?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  count?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  failures?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  p50Ms?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  p95Ms?: Resolver<Maybe<ResolversTypes['Float']>, ParentType, ContextType>;
  isComplete?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
};

export type AccessDecisionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['AccessDecision'] = ResolversParentTypes['AccessDecision']> = {
  isAllowed?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  because?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  explanation?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type FunctionPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['FunctionPayload'] = ResolversParentTypes['FunctionPayload']> = {
  function?: Resolver<Maybe<ResolversTypes['Function']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type DeleteFunctionPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['DeleteFunctionPayload'] = ResolversParentTypes['DeleteFunctionPayload']> = {
  deletedFunctionId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type FunctionConnectionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['FunctionConnection'] = ResolversParentTypes['FunctionConnection']> = {
  edges?: Resolver<Array<ResolversTypes['FunctionEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Function']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type FunctionEdgeResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['FunctionEdge'] = ResolversParentTypes['FunctionEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Function'], ParentType, ContextType>;
};

export type ModuleResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['Module'] = ResolversParentTypes['Module']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  moduleName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  className?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  package?: Resolver<ResolversTypes['Package'], ParentType, ContextType>;
  setting?: Resolver<Maybe<ResolversTypes['Setting']>, ParentType, ContextType>;
  network?: Resolver<ResolversTypes['NetworkAccess'], ParentType, ContextType>;
  source?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  functions?: Resolver<ResolversTypes['FunctionConnection'], ParentType, ContextType, Partial<ModuleFunctionsArgs>>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type PackageResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['Package'] = ResolversParentTypes['Package']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  packageName?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  activeVersion?: Resolver<ResolversTypes['BundleVersion'], ParentType, ContextType>;
  versions?: Resolver<ResolversTypes['BundleVersionConnection'], ParentType, ContextType, Partial<PackageVersionsArgs>>;
  modules?: Resolver<ResolversTypes['ModuleConnection'], ParentType, ContextType, Partial<PackageModulesArgs>>;
  revision?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type DeletePackagePayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['DeletePackagePayload'] = ResolversParentTypes['DeletePackagePayload']> = {
  deletedPackageName?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type ModuleConnectionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['ModuleConnection'] = ResolversParentTypes['ModuleConnection']> = {
  edges?: Resolver<Array<ResolversTypes['ModuleEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Module']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type ModuleEdgeResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['ModuleEdge'] = ResolversParentTypes['ModuleEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Module'], ParentType, ContextType>;
};

export type PackageConnectionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['PackageConnection'] = ResolversParentTypes['PackageConnection']> = {
  edges?: Resolver<Array<ResolversTypes['PackageEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Package']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type PackageEdgeResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['PackageEdge'] = ResolversParentTypes['PackageEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Package'], ParentType, ContextType>;
};

export interface JsonScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['JSON'], any> {
  name: 'JSON';
}

export interface DateTimeScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['DateTime'], any> {
  name: 'DateTime';
}

export interface BigIntScalarConfig extends GraphQLScalarTypeConfig<ResolversTypes['BigInt'], any> {
  name: 'BigInt';
}

export type NodeResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['Node'] = ResolversParentTypes['Node']> = {
  __resolveType: TypeResolveFn<'ApiKey' | 'Endpoint' | 'BundleVersion' | 'FunctionCall' | 'Function' | 'Module' | 'Package' | 'Setting' | 'User', ParentType, ContextType>;
};

export type PageInfoResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['PageInfo'] = ResolversParentTypes['PageInfo']> = {
  hasNextPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPreviousPage?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  startCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  endCursor?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
};

export type UserErrorResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['UserError'] = ResolversParentTypes['UserError']> = {
  field?: Resolver<Array<ResolversTypes['String']>, ParentType, ContextType>;
  code?: Resolver<ResolversTypes['UserErrorCode'], ParentType, ContextType>;
  message?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
};

export type ViewerResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['Viewer'] = ResolversParentTypes['Viewer']> = {
  userId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  roles?: Resolver<Array<ResolversTypes['Role']>, ParentType, ContextType>;
  endpointId?: Resolver<Maybe<ResolversTypes['ID']>, ParentType, ContextType>;
  rights?: Resolver<Array<ResolversTypes['Right']>, ParentType, ContextType>;
};

export type SettingResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['Setting'] = ResolversParentTypes['Setting']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  settingId?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  package?: Resolver<Maybe<ResolversTypes['Package']>, ParentType, ContextType>;
  modules?: Resolver<Array<ResolversTypes['Module']>, ParentType, ContextType>;
  members?: Resolver<Array<ResolversTypes['SettingMember']>, ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type SettingMemberResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['SettingMember'] = ResolversParentTypes['SettingMember']> = {
  name?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  isSecret?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  isSet?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  value?: Resolver<Maybe<ResolversTypes['JSON']>, ParentType, ContextType>;
};

export type SettingPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['SettingPayload'] = ResolversParentTypes['SettingPayload']> = {
  setting?: Resolver<Maybe<ResolversTypes['Setting']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type SettingConnectionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['SettingConnection'] = ResolversParentTypes['SettingConnection']> = {
  edges?: Resolver<Array<ResolversTypes['SettingEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['Setting']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
  totalCount?: Resolver<ResolversTypes['Int'], ParentType, ContextType>;
};

export type SettingEdgeResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['SettingEdge'] = ResolversParentTypes['SettingEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['Setting'], ParentType, ContextType>;
};

export type UserResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['User'] = ResolversParentTypes['User']> = {
  id?: Resolver<ResolversTypes['ID'], ParentType, ContextType>;
  username?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  roles?: Resolver<Array<ResolversTypes['Role']>, ParentType, ContextType>;
  isDisabled?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  hasPassword?: Resolver<ResolversTypes['Boolean'], ParentType, ContextType>;
  apiKeys?: Resolver<Array<ResolversTypes['ApiKey']>, ParentType, ContextType>;
  calls?: Resolver<Maybe<ResolversTypes['FunctionCallConnection']>, ParentType, ContextType, Partial<UserCallsArgs>>;
  createdAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedAt?: Resolver<ResolversTypes['DateTime'], ParentType, ContextType>;
  updatedBy?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  __isTypeOf?: IsTypeOfResolverFn<ParentType, ContextType>;
};

export type UserPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['UserPayload'] = ResolversParentTypes['UserPayload']> = {
  user?: Resolver<Maybe<ResolversTypes['User']>, ParentType, ContextType>;
  password?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type DeleteUserPayloadResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['DeleteUserPayload'] = ResolversParentTypes['DeleteUserPayload']> = {
  deletedUsername?: Resolver<Maybe<ResolversTypes['String']>, ParentType, ContextType>;
  userErrors?: Resolver<Array<ResolversTypes['UserError']>, ParentType, ContextType>;
};

export type UserConnectionResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['UserConnection'] = ResolversParentTypes['UserConnection']> = {
  edges?: Resolver<Array<ResolversTypes['UserEdge']>, ParentType, ContextType>;
  nodes?: Resolver<Array<ResolversTypes['User']>, ParentType, ContextType>;
  pageInfo?: Resolver<ResolversTypes['PageInfo'], ParentType, ContextType>;
};

export type UserEdgeResolvers<ContextType = ManagementContext, ParentType extends ResolversParentTypes['UserEdge'] = ResolversParentTypes['UserEdge']> = {
  cursor?: Resolver<ResolversTypes['String'], ParentType, ContextType>;
  node?: Resolver<ResolversTypes['User'], ParentType, ContextType>;
};

export type Resolvers<ContextType = ManagementContext> = {
  ApiKey?: ApiKeyResolvers<ContextType>;
  Endpoint?: EndpointResolvers<ContextType>;
  Mutation?: MutationResolvers<ContextType>;
  CreateApiKeyPayload?: CreateApiKeyPayloadResolvers<ContextType>;
  ApiKeyPayload?: ApiKeyPayloadResolvers<ContextType>;
  RevokeApiKeyPayload?: RevokeApiKeyPayloadResolvers<ContextType>;
  ApiKeyConnection?: ApiKeyConnectionResolvers<ContextType>;
  ApiKeyEdge?: ApiKeyEdgeResolvers<ContextType>;
  BundleVersion?: BundleVersionResolvers<ContextType>;
  CreateBundleUploadPayload?: CreateBundleUploadPayloadResolvers<ContextType>;
  UploadTarget?: UploadTargetResolvers<ContextType>;
  HttpHeader?: HttpHeaderResolvers<ContextType>;
  PublishPayload?: PublishPayloadResolvers<ContextType>;
  DeleteBundleVersionPayload?: DeleteBundleVersionPayloadResolvers<ContextType>;
  BundleVersionConnection?: BundleVersionConnectionResolvers<ContextType>;
  BundleVersionEdge?: BundleVersionEdgeResolvers<ContextType>;
  CacheStats?: CacheStatsResolvers<ContextType>;
  CacheEntries?: CacheEntriesResolvers<ContextType>;
  PurgeCachePayload?: PurgeCachePayloadResolvers<ContextType>;
  FunctionCounts?: FunctionCountsResolvers<ContextType>;
  Recording?: RecordingResolvers<ContextType>;
  EndpointConnection?: EndpointConnectionResolvers<ContextType>;
  EndpointEdge?: EndpointEdgeResolvers<ContextType>;
  Query?: QueryResolvers<ContextType>;
  EndpointPayload?: EndpointPayloadResolvers<ContextType>;
  DeleteEndpointPayload?: DeleteEndpointPayloadResolvers<ContextType>;
  Event?: EventResolvers<ContextType>;
  EventConnection?: EventConnectionResolvers<ContextType>;
  EventEdge?: EventEdgeResolvers<ContextType>;
  AuditEntry?: AuditEntryResolvers<ContextType>;
  AuditEntryConnection?: AuditEntryConnectionResolvers<ContextType>;
  AuditEntryEdge?: AuditEntryEdgeResolvers<ContextType>;
  Subscription?: SubscriptionResolvers<ContextType>;
  CatalogChangedEvent?: CatalogChangedEventResolvers<ContextType>;
  UserEventEvent?: UserEventEventResolvers<ContextType>;
  FunctionCall?: FunctionCallResolvers<ContextType>;
  FunctionCallError?: FunctionCallErrorResolvers<ContextType>;
  CancelCallPayload?: CancelCallPayloadResolvers<ContextType>;
  DeleteCallPayload?: DeleteCallPayloadResolvers<ContextType>;
  CallRecordedEvent?: CallRecordedEventResolvers<ContextType>;
  FunctionCallConnection?: FunctionCallConnectionResolvers<ContextType>;
  FunctionCallEdge?: FunctionCallEdgeResolvers<ContextType>;
  Function?: FunctionResolvers<ContextType>;
  FunctionAccess?: FunctionAccessResolvers<ContextType>;
  FunctionStatistics?: FunctionStatisticsResolvers<ContextType>;
  AccessDecision?: AccessDecisionResolvers<ContextType>;
  FunctionPayload?: FunctionPayloadResolvers<ContextType>;
  DeleteFunctionPayload?: DeleteFunctionPayloadResolvers<ContextType>;
  FunctionConnection?: FunctionConnectionResolvers<ContextType>;
  FunctionEdge?: FunctionEdgeResolvers<ContextType>;
  Module?: ModuleResolvers<ContextType>;
  Package?: PackageResolvers<ContextType>;
  DeletePackagePayload?: DeletePackagePayloadResolvers<ContextType>;
  ModuleConnection?: ModuleConnectionResolvers<ContextType>;
  ModuleEdge?: ModuleEdgeResolvers<ContextType>;
  PackageConnection?: PackageConnectionResolvers<ContextType>;
  PackageEdge?: PackageEdgeResolvers<ContextType>;
  JSON?: GraphQLScalarType;
  DateTime?: GraphQLScalarType;
  BigInt?: GraphQLScalarType;
  Node?: NodeResolvers<ContextType>;
  PageInfo?: PageInfoResolvers<ContextType>;
  UserError?: UserErrorResolvers<ContextType>;
  Viewer?: ViewerResolvers<ContextType>;
  Setting?: SettingResolvers<ContextType>;
  SettingMember?: SettingMemberResolvers<ContextType>;
  SettingPayload?: SettingPayloadResolvers<ContextType>;
  SettingConnection?: SettingConnectionResolvers<ContextType>;
  SettingEdge?: SettingEdgeResolvers<ContextType>;
  User?: UserResolvers<ContextType>;
  UserPayload?: UserPayloadResolvers<ContextType>;
  DeleteUserPayload?: DeleteUserPayloadResolvers<ContextType>;
  UserConnection?: UserConnectionResolvers<ContextType>;
  UserEdge?: UserEdgeResolvers<ContextType>;
};

export type DirectiveResolvers<ContextType = ManagementContext> = {
  needs?: NeedsDirectiveResolver<any, any, ContextType>;
  cost?: CostDirectiveResolver<any, any, ContextType>;
  once?: OnceDirectiveResolver<any, any, ContextType>;
};
