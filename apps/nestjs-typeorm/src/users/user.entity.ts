import { Exclude } from 'class-transformer';
import { Column, CreateDateColumn, Entity, PrimaryGeneratedColumn } from 'typeorm';

export enum Role {
  Customer = 'customer',
  Admin = 'admin',
}

@Entity('users')
export class User {
  @PrimaryGeneratedColumn()
  id: number;

  /** Stored in lower case. */
  @Column({ length: 254, unique: true })
  email: string;

  @Column({ length: 80 })
  name: string;

  @Exclude()
  @Column()
  password_hash: string;

  @Column({ type: 'enum', enum: Role, default: Role.Customer })
  role: Role;

  @CreateDateColumn({ type: 'timestamptz', precision: 3 })
  created_at: Date;
}
